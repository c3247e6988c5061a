import { SaxesParser } from 'saxes';
import { QuaestorError } from '../../../../contracts/quaestor-error.js';

export interface XmlHandlers {
  /** The name without its prefix. */
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Reads XML as it comes in. Entities of a document type are never expanded; attributes keep their prefix, elements lose it.
 * `afterPiece` is awaited between pieces, so that a slow output holds the reading up.
 * @throws QuaestorError `dataset_unreadable` where it is not well-formed
 */
export async function readXml(
  pieces: AsyncIterable<Buffer>,
  handlers: XmlHandlers,
  afterPiece?: () => Promise<void>,
): Promise<void> {
  const parser = new SaxesParser();
  const local = (name: string): string => name.slice(name.indexOf(':') + 1);
  parser.on('error', (error) => {
    throw new QuaestorError('dataset_unreadable', 'The workbook is damaged: one of its parts is no XML.', {
      cause: error,
    });
  });
  parser.on('opentag', ({ name, attributes }) => handlers.open?.(local(name), attributes));
  parser.on('text', (text) => handlers.text?.(text));
  parser.on('cdata', (text) => handlers.text?.(text));
  parser.on('closetag', ({ name }) => handlers.close?.(local(name)));
  const decoder = new TextDecoder();
  for await (const piece of pieces) {
    parser.write(decoder.decode(piece, { stream: true }));
    await afterPiece?.();
  }
  parser.write(decoder.decode());
  parser.close();
}
