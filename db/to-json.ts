/**
 * JSON text that Postgres takes as jsonb whatever a model or a database said: NUL characters and halves of surrogate pairs, which
 * jsonb refuses, become the replacement character.
 */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? part.toWellFormed().replaceAll('\0', '\ufffd') : part,
  );
