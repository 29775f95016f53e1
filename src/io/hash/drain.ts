import { addBusy, stopped, takeJob } from './board.js';
import { type HashJob, type HashOutcome, hashFile, type Lane } from './hash-file.js';

/** Hash jobs nobody has taken yet, until none is left or the board says stop. */
export async function drain(
  jobAt: (index: number) => HashJob | undefined,
  lane: Lane,
  onOutcome: (index: number, outcome: HashOutcome) => void,
): Promise<void> {
  addBusy(lane.board, 1);
  try {
    for (;;) {
      const index = takeJob(lane.board);
      const job = jobAt(index);
      if (job === undefined || stopped(lane.board)) return;
      const outcome = await hashFile(job, lane);
      if (outcome !== null) onOutcome(index, outcome);
    }
  } finally {
    addBusy(lane.board, -1);
  }
}
