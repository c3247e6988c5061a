import { createReadStream } from 'node:fs';
import { createPieceDecoder } from '../../../domain/datasets/dialect/text-decoder.js';
import { openTextOutput } from './text-output.js';

/** Writes a text file again in UTF-8 without a byte order mark. */
export async function rewriteAsUtf8(input: {
  path: string;
  encoding: string;
  /** The whole file is valid UTF-8. */
  isUtf8: boolean;
  outputPath: string;
}): Promise<void> {
  const decoder = createPieceDecoder(input.encoding, input.isUtf8);
  const output = await openTextOutput(input.outputPath);
  try {
    for await (const piece of createReadStream(input.path, {
      highWaterMark: 256 * 1024,
    }) as AsyncIterable<Buffer>) {
      output.text += decoder.decode(piece);
      if (output.isFull) await output.flush();
    }
    output.text += decoder.decode();
    await output.flush();
  } finally {
    await output.close();
  }
}
