/** Does the steps of a generator at one go; its result. Who must do other things in between takes the steps one by one. */
export function finish<Result>(steps: Generator<void, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
