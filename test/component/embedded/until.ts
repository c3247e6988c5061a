/** Resolves when the condition holds; looks every 20 ms. The runner's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  for (;;) {
    try {
      if (condition()) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
