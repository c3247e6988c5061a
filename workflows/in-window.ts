import { CancellationScope } from '@temporalio/workflow';

/** Runs `work` for 0 … count-1, at most `width` at once. The first failure cancels the others and is thrown. */
export async function inWindow(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await allOrNone(Array.from({ length: Math.min(width, count) }, () => lane));
}

/** Runs all of them at once. The first failure cancels the others and is thrown, after they have ended. */
export async function allOrNone<Works extends readonly (() => Promise<unknown>)[]>(
  works: Works,
): Promise<{ -readonly [Index in keyof Works]: Awaited<ReturnType<Works[Index]>> }> {
  return await CancellationScope.cancellable(async () => {
    const running = works.map((work) => work());
    try {
      return (await Promise.all(running)) as {
        -readonly [Index in keyof Works]: Awaited<ReturnType<Works[Index]>>;
      };
    } catch (error) {
      CancellationScope.current().cancel();
      await Promise.allSettled(running);
      throw error;
    }
  });
}
