import { QuaestorError } from '../contracts/quaestor-error.js';

/** A place in a result, opaque to clients and good for one question only. */
export const encodeCursor = (questionId: string, page: number): string =>
  Buffer.from(JSON.stringify([questionId, page])).toString('base64url');

/** The page that a cursor names; 0 without one. @throws QuaestorError `invalid_cursor`. */
export function decodeCursor(questionId: string, cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  try {
    const [id, page] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [unknown, unknown];
    if (id === questionId && typeof page === 'number' && Number.isInteger(page) && page > 0 && page < 1e6) {
      return page;
    }
  } catch {
    // Not ours: told below.
  }
  throw new QuaestorError('invalid_cursor', 'The cursor does not belong to this question.');
}
