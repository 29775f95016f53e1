import { canonicalJson } from '../../core/canonical-json.js';
import type { AttentionReading } from '../../core/types.js';
import { renderAttentionHtml } from './html.js';
import { renderAttentionTerminal } from './terminal.js';

export type { ColorDepth } from './cells.js';
export { ATTENTION_STATISTICS, type AttentionStatisticName } from './statistics.js';
export type { AttentionTerminalOptions } from './terminal.js';
export { renderAttentionHtml, renderAttentionTerminal };

export type AttentionFormat = 'terminal' | 'json' | 'html';

/** Every format of a reading by the name `--output` takes. */
export const attentionRenderers: Readonly<Record<AttentionFormat, (reading: AttentionReading) => string>> = {
  terminal: (reading) => renderAttentionTerminal(reading),
  json: (reading) => canonicalJson(reading),
  html: renderAttentionHtml,
};
