import { QuaestorError } from '../../contracts/quaestor-error.js';

export interface RefusedItem<Item> {
  item: Item;
  /** The endpoint's own words. */
  reason: string;
}

interface Options {
  /** A request that cannot be refused for what it holds: when it is, the fault is not in the items. */
  probe: () => Promise<void>;
  /** More refused items than this fail the batch. Default 100. */
  maxRefused?: number;
}

/** Statuses that may be about one of the inputs: bad request, too large, cannot be processed. */
const ABOUT_INPUT = new Set([400, 413, 422]);

/**
 * Hands items to `embed` in as few calls as the endpoint allows: when it refuses some, they are halved until those that it refuses by
 * themselves stand alone. Of n items with one bad one that takes some 2 log2(n) calls; the others are embedded and paid for once.
 * Returns the refused ones. A refusal of all, and every other error, is thrown as it came: what was embedded before is kept.
 */
export async function embedWithoutRefused<Item>(
  items: readonly Item[],
  embed: (part: readonly Item[]) => Promise<void>,
  { probe, maxRefused = 100 }: Options,
): Promise<RefusedItem<Item>[]> {
  const refused: RefusedItem<Item>[] = [];
  let isEndpointWell = false;
  const parts: (readonly Item[])[] = items.length > 0 ? [items] : [];
  for (let part = parts.pop(); part; part = parts.pop()) {
    try {
      await embed(part);
      isEndpointWell = true;
    } catch (error) {
      if (!isAboutInput(error) || refused.length >= maxRefused) throw error;
      if (part.length > 1) {
        const middle = Math.ceil(part.length / 2);
        parts.push(part.slice(middle), part.slice(0, middle));
        continue;
      }
      if (!isEndpointWell) await probe();
      isEndpointWell = true;
      refused.push({ item: part[0]!, reason: reasonOf(error) });
    }
  }
  return refused;
}

const isAboutInput = (error: unknown): error is QuaestorError =>
  error instanceof QuaestorError &&
  error.code === 'model_rejected_request' &&
  ABOUT_INPUT.has(Number(error.details?.['status']));

const reasonOf = ({ message, details }: QuaestorError): string => {
  const words = details?.['endpointMessage'];
  return typeof words === 'string' ? words : message;
};
