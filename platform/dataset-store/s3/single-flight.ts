interface Flight {
  done: Promise<void>;
  controller: AbortController;
  waiting: number;
}

/** Runs work once for all who ask for the same at the same time; it is aborted when the last of them has gone. */
export type SingleFlight = (
  key: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
) => Promise<void>;

export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Flight>();
  const begin = (key: string, work: (signal: AbortSignal) => Promise<void>): Flight => {
    const controller = new AbortController();
    const flight: Flight = { controller, waiting: 0, done: work(controller.signal) };
    const leave = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    flight.done.then(leave, leave);
    flights.set(key, flight);
    return flight;
  };
  return async (key, signal, work) => {
    signal.throwIfAborted();
    const flight = flights.get(key) ?? begin(key, work);
    flight.waiting += 1;
    let onAbort: () => void = () => undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason as Error);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await Promise.race([flight.done, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        // Whoever comes now begins anew.
        if (flights.get(key) === flight) flights.delete(key);
        flight.controller.abort();
      }
    }
  };
}
