type Own = <Part>(starting: Promise<Part>, stop: (part: Part) => Promise<unknown>) => Promise<Part>;

/** Starts parts one after the other. `stop` ends them, the last first; so does a part that fails to start with those before it. */
export async function startInTurn<Started extends object>(
  start: (own: Own) => Promise<Started>,
): Promise<Started & { stop(): Promise<void> }> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const started = await start(async (starting, stopPart) => {
      const part = await starting;
      stops.push(() => stopPart(part));
      return part;
    });
    return { ...started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
