import type { EventBus } from '../platform/event-bus.js';

/** Waits for news of one job: a wake-up, the next poll, or the end of all waiting. */
export class Waker {
  #isAwake = false;
  #resume: (() => void) | undefined;
  readonly #unsubscribe: () => void;
  readonly #wake = (): void => {
    this.#isAwake = true;
    this.#resume?.();
  };

  /**
   * @param signal ends every wait.
   * @param only see EventBus.subscribe.
   */
  constructor(
    bus: EventBus,
    jobId: string,
    private readonly signal: AbortSignal,
    only?: 'turn',
  ) {
    this.#unsubscribe = bus.subscribe(jobId, this.#wake, only);
    signal.addEventListener('abort', this.#wake, { once: true });
  }

  /** Resolves at once when there was a wake-up since the last wait. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.#isAwake && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#resume = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#resume = undefined;
    }
    this.#isAwake = false;
  }

  close(): void {
    this.#unsubscribe();
    this.signal.removeEventListener('abort', this.#wake);
  }
}
