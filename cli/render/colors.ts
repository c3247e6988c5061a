import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

/**
 * Colours for one stream: NO_COLOR (any text) forbids, FORCE_COLOR asks, else only a terminal gets them.
 * picocolors' own guess looks at standard output alone and is on in CI.
 */
export function colorsFor(stream: { isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): Colors {
  if (env['NO_COLOR']) return picocolors.createColors(false);
  const isForced =
    env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '' && env['FORCE_COLOR'] !== '0';
  return picocolors.createColors(isForced || (stream.isTTY === true && env['TERM'] !== 'dumb'));
}
