/** How many prompt and new tokens fit a model's context. */
export interface Room {
  readonly promptTokens: number;
  readonly newTokens: number;
}

/** Share a context window: new tokens get at most half of it, the prompt the rest. */
export function fitContext(wanted: Room, maxPositions: number | undefined): Room {
  if (maxPositions === undefined) return wanted;
  const newTokens = Math.max(1, Math.min(wanted.newTokens, Math.floor(maxPositions / 2)));
  return { newTokens, promptTokens: Math.max(1, Math.min(wanted.promptTokens, maxPositions - newTokens)) };
}
