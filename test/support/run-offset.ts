/** Two runs on one machine start looking for ports at different places: between finding a port and taking it there is a moment. */
export const runOffset = (step: number): number => (process.pid % 200) * step;
