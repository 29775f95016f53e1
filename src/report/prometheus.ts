import type { Report } from '../core/types.js';
import { nameText } from './text.js';
import { troubles } from './troubles.js';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const OUTCOMES = ['upheld', 'refuted', 'inconclusive'] as const;

function labelText(value: string): string {
  return nameText(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function verdictGauges(report: Report): readonly Gauge[] {
  const { outcome, posterior, confidence, eValue, falseAccusationRate } = report.verdict;
  return [
    {
      name: 'model_assay_verdict',
      help: 'The outcome of the claim is 1, the other outcomes are 0.',
      samples: OUTCOMES.map((name) => [{ outcome: name }, Number(name === outcome)]),
    },
    {
      name: 'model_assay_posterior',
      help: 'Probability of each version given the evidence.',
      samples: Object.entries(posterior).map(([version, value]) => [{ version }, value]),
    },
    {
      name: 'model_assay_confidence',
      help: 'Probability of the explanation the verdict names.',
      samples: [[{}, confidence]],
    },
    {
      name: 'model_assay_e_value',
      help: 'E-value against the claim; refuted from one over the false accusation rate on.',
      samples: [[{}, eValue]],
    },
    {
      name: 'model_assay_false_accusation_rate',
      help: 'Accepted share of genuine deliveries that are ever refuted.',
      samples: [[{}, falseAccusationRate]],
    },
  ];
}

function evidenceGauges(report: Report): readonly Gauge[] {
  const likelihoods = report.signals.flatMap((signal) =>
    signal.status === 'scored'
      ? Object.entries(signal.logLikelihood).map(
          ([version, value]): Sample => [{ signal: signal.id, version }, value],
        )
      : [],
  );
  const failed = troubles(report).filter(({ status }) => status === 'failed');
  return [
    {
      name: 'model_assay_signal_log_likelihood',
      help: 'Natural-log likelihood of the observation under each version; absent where it is impossible.',
      samples: likelihoods,
    },
    {
      name: 'model_assay_probe_failed',
      help: 'Probes that failed, with their error code.',
      samples: failed.map(({ probe, code }) => [{ probe, code }, 1]),
    },
    {
      name: 'model_assay_clause_passed',
      help: 'Acceptance clauses: 1 passed, 0 failed.',
      samples: report.clauses.map(({ id, passed }) => [{ clause: id }, Number(passed)]),
    },
  ];
}

/** Samples by series: a collector rejects a file that repeats one, so names that read alike share the lower value. */
function lines({ name, help, samples }: Gauge, common: Readonly<Record<string, string>>): readonly string[] {
  const series = new Map<string, number>();
  for (const [labels, value] of samples.filter(([, number]) => Number.isFinite(number))) {
    const pairs = Object.entries({ ...common, ...labels }).map(
      ([key, text]) => `${key}="${labelText(text)}"`,
    );
    const id = `${name}{${pairs.join(',')}}`;
    series.set(id, Math.min(value, series.get(id) ?? value));
  }
  if (series.size === 0) return [];
  const rows = [...series].map(([id, value]) => `${id} ${Number(value.toPrecision(12))}`).sort();
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...rows];
}

/** Prometheus text exposition for a textfile collector; no timestamps, which that collector refuses. */
export function renderPrometheus(report: Report): string {
  const { candidate, claim } = report;
  const common = { candidate: candidate.label, profile: claim.profile, claim: claim.variant };
  const gauges = [...verdictGauges(report), ...evidenceGauges(report)];
  return gauges.flatMap((gauge) => lines(gauge, common).map((line) => `${line}\n`)).join('');
}
