import { createReadStream } from 'node:fs';

const LINE_FEED = 10;

/** Lines of a file: its line feeds, and what stands after the last one. */
export async function countLines(path: string): Promise<number> {
  let lines = 0;
  let isLineOpen = false;
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1)) lines += 1;
    isLineOpen = piece.at(-1) !== LINE_FEED;
  }
  return isLineOpen ? lines + 1 : lines;
}
