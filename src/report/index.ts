import type { Report } from '../core/types.js';
import { renderGithub } from './github.js';
import { renderHtml } from './html.js';
import { renderJson } from './json.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown.js';
import { renderPrometheus } from './prometheus.js';
import { renderSarif } from './sarif.js';
import { renderTerminal } from './terminal.js';

export {
  ATTENTION_STATISTICS,
  type AttentionFormat,
  type AttentionStatisticName,
  type AttentionTerminalOptions,
  attentionRenderers,
  type ColorDepth,
  renderAttentionHtml,
  renderAttentionTerminal,
} from './attention/index.js';
export { verdictSentence } from './prose.js';
export type { TerminalOptions } from './terminal.js';
export {
  renderGithub,
  renderHtml,
  renderJson,
  renderJunit,
  renderMarkdown,
  renderPrometheus,
  renderSarif,
  renderTerminal,
};

export type ReportFormat =
  | 'terminal'
  | 'json'
  | 'html'
  | 'markdown'
  | 'junit'
  | 'sarif'
  | 'github'
  | 'prometheus';

/** Every format by the name `--output` takes. */
export const renderers: Readonly<Record<ReportFormat, (report: Report) => string>> = {
  terminal: (report) => renderTerminal(report),
  json: renderJson,
  html: renderHtml,
  markdown: renderMarkdown,
  junit: renderJunit,
  sarif: renderSarif,
  github: renderGithub,
  prometheus: renderPrometheus,
};
