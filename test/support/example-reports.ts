import type { Report, SignalResult } from '../../src/core/types.js';

const TOOL = { name: 'model-assay', version: '0.1.0' };
const DIGEST = 'sha256:9f2c4e1ab07d5a63e8c1f0b94d7726aa51e0c3d89b6f4127a5e8d2c093b71f4e';
const INPUTS = {
  evidence: 'sha256:1be57c0f8a2d4e6b93c7a05f1d2e8b4690af3c5d7e1b2846a9c0d3f5e7182b4c',
  profile: 'sha256:c40d91ab5f7e2368d0b1a4c9e8f75326ad01be97c4f8523e6a7d0b9c1f3e5a82',
};
const ENVIRONMENT = {
  cpu: 'AMD EPYC 9654',
  cores: 8,
  node: '20.20.2',
  onnxruntime: '1.30.0',
  platform: 'linux-x64',
};

/** A smooth picture with texture, the same on every run. */
export function waves(layers: number, heads: number, shift = 0): readonly (readonly number[])[] {
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: heads }, (__, head) =>
      Math.abs(3.1 - layer / layers + Math.sin(layer * 1.7 + head * 2.3 + shift) - shift / 3),
    ),
  );
}

/** Per-token times with a long right tail. */
export function gaps(count: number, base: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    const u = ((index * 7919) % count) / count;
    return base * (1 + 0.35 * u * u + (u > 0.985 ? 6 * (u - 0.985) * 60 : 0));
  });
}

const HEADS: SignalResult = {
  id: 'head-count',
  title: 'Attention head count',
  group: 'structure',
  spoofing: 'costly',
  status: 'scored',
  observed: '6 layers × 12 heads',
  expected: {
    full: '12 layers × 12 heads',
    'full-int8': '12 layers × 12 heads',
    distilled: '6 layers × 12 heads',
  },
  logLikelihood: {
    full: Number.NEGATIVE_INFINITY,
    'full-int8': Number.NEGATIVE_INFINITY,
    distilled: -0.02,
    other: -3.9,
  },
  n: 6,
  details: [
    { type: 'number', label: 'Parameters', value: 81_912_576 },
    { type: 'text', label: 'Read from', value: 'shapes' },
  ],
};

const ENTROPY: SignalResult = {
  id: 'attention-entropy',
  title: 'Attention entropy per head',
  group: 'attention',
  spoofing: 'infeasible',
  status: 'scored',
  observed: 'mean 2.41 bits',
  expected: { full: '2.96 ± 0.05', 'full-int8': '2.95 ± 0.06', distilled: '2.42 ± 0.05' },
  logLikelihood: { full: -58.31, 'full-int8': -54.87, distilled: -1.12, other: -6.5 },
  n: 24,
  details: [
    { type: 'heatmap', label: 'Candidate', unit: 'bits', rows: waves(6, 12, 1.4) },
    { type: 'heatmap', label: 'Reference full', unit: 'bits', rows: waves(12, 12) },
    { type: 'number', label: 'Distance to full', value: 0.5512, unit: 'bits' },
  ],
};

const LATENCY: SignalResult = {
  id: 'inter-token-gap',
  title: 'Inter-token gap distribution',
  group: 'latency',
  spoofing: 'trivial',
  status: 'scored',
  observed: 'median 11.8 ms',
  expected: { full: '22.4 ms', 'full-int8': '13.0 ms', distilled: '11.6 ms' },
  logLikelihood: { full: -9.4, 'full-int8': -2.2, distilled: -1.3, other: -3.0 },
  n: 640,
  details: [{ type: 'samples', label: 'Inter-token gaps', unit: 'ms', values: gaps(640, 11) }],
};

const TEMPLATE_SKIPPED: SignalResult = {
  id: 'chat-template',
  title: 'Chat template',
  group: 'tokenizer',
  spoofing: 'trivial',
  status: 'skipped',
  reason: 'the candidate ships no chat template',
};

const REPETITION_ERRORED: SignalResult = {
  id: 'repetition',
  title: 'Repetition of greedy text',
  group: 'text',
  spoofing: 'costly',
  status: 'errored',
  error: {
    code: 'INTERNAL',
    message: 'rep-4 is undefined for texts under 4 tokens; 3 of 8 texts are shorter',
    hint: 'Collect again with --suite standard.',
  },
};

/** A distilled model sold as the full one. */
export const REFUTED: Report = {
  schema: 'report/1',
  tool: TOOL,
  candidate: { kind: 'onnx', label: 'acme/gpt2-premium-onnx', digest: DIGEST },
  claim: { profile: 'gpt2', variant: 'full' },
  verdict: {
    outcome: 'refuted',
    kind: 'distilled',
    kindProbability: 0.99987,
    variant: 'distilled',
    confidence: 0.99987,
    posterior: { full: 2.1e-9, 'full-int8': 4.4e-8, distilled: 0.99987, other: 0.00012996 },
    eValue: 4.76e8,
    falseAccusationRate: 1e-3,
    reasons: [
      {
        signal: 'head-count',
        sentence: '6 layers were found where the claimed version has 12.',
        nats: 14,
      },
      {
        signal: 'attention-entropy',
        sentence:
          'Attention entropy lies 11 standard deviations from the claimed version and fits the distilled one.',
        nats: 6.25,
      },
    ],
    against: [
      { signal: 'tokenization', sentence: 'Every passage is cut as in the claimed version.', nats: -1.2 },
    ],
    wouldDecide: [],
    evasions: [
      'An exporter that cut layers looks like this too.',
      'An export of other attention looks like this too.',
      'Another numeric format looks like this too.',
      'Another template looks like this too.',
      'Files swapped after they left the seller would look like this too.',
    ],
  },
  signals: [HEADS, ENTROPY, LATENCY, TEMPLATE_SKIPPED, REPETITION_ERRORED],
  clauses: [
    { id: 'layers', expected: '12', observed: '6', passed: false },
    { id: 'weight-bits', expected: '≥ 16', observed: '32', passed: true },
  ],
  probes: {
    files: { status: 'ok' },
    architecture: { status: 'ok' },
    'attention-statistics': { status: 'ok' },
    latency: { status: 'ok' },
    'chat-template': { status: 'unavailable', missing: 'chat template' },
    generation: {
      status: 'failed',
      error: {
        code: 'RUNTIME_TIMEOUT',
        message: 'prompt 7 of 8 did not finish within 120 s',
        hint: 'Raise --timeout or use --suite quick.',
      },
    },
  },
  environment: ENVIRONMENT,
  inputs: INPUTS,
  warnings: ['model.onnx declares 12 layers in config.json and holds 6; shapes were believed.'],
};

/** Nothing that could tell the versions apart was allowed to run. */
export const INCONCLUSIVE: Report = {
  ...REFUTED,
  candidate: { kind: 'endpoint', label: 'gpt2-premium at api.example.test', digest: null },
  verdict: {
    outcome: 'inconclusive',
    kind: 'full',
    kindProbability: 0.58,
    variant: 'full',
    confidence: 0.58,
    posterior: { full: 0.58, 'full-int8': 0.31, distilled: 0.07, other: 0.04 },
    eValue: 0.53,
    falseAccusationRate: 1e-3,
    reasons: [
      { signal: 'inter-token-gap', sentence: 'Timing alone was measured, and it is trivial to fake.' },
    ],
    against: [{ signal: 'token-stack', sentence: 'Tokens were counted otherwise.', nats: 0.9 }],
    wouldDecide: [
      {
        sentence: 'Token log-probabilities: ask the provider to enable logprobs.',
        requests: 24,
        tokens: 300,
      },
      { sentence: 'The weight files of the deployed model.' },
    ],
    evasions: ['A seller could sleep between tokens.'],
  },
  signals: [
    LATENCY,
    TEMPLATE_SKIPPED,
    REPETITION_ERRORED,
    { ...HEADS, status: 'skipped', reason: 'the candidate offers no weights' } as SignalResult,
  ],
  clauses: [],
  probes: {
    latency: { status: 'ok' },
    architecture: { status: 'unavailable', missing: 'weights' },
    generation: {
      status: 'failed',
      error: { code: 'RUNTIME_TIMEOUT', message: 'no answer within 120 s', hint: 'Raise --timeout.' },
    },
  },
  warnings: [],
};

/** The full model, as claimed. */
export const UPHELD: Report = {
  ...REFUTED,
  candidate: { kind: 'onnx', label: 'openai-community/gpt2', digest: DIGEST },
  verdict: {
    outcome: 'upheld',
    kind: 'full',
    kindProbability: 0.9994,
    variant: 'full',
    confidence: 0.9994,
    posterior: { full: 0.9994, 'full-int8': 0.0005, distilled: 0, other: 0.0001 },
    eValue: 0.0005,
    falseAccusationRate: 1e-3,
    reasons: [
      {
        signal: 'head-count',
        sentence: 'Layer and head counts equal those of the claimed version.',
        nats: -12,
      },
    ],
    against: [{ signal: 'verdict', sentence: 'What remains is a copy.', nats: -7.6 }],
    wouldDecide: [],
    evasions: ['A seller could pad a smaller model.'],
  },
  signals: [
    {
      ...HEADS,
      observed: '12 layers × 12 heads',
      logLikelihood: { full: -0.02, 'full-int8': -0.02, distilled: Number.NEGATIVE_INFINITY, other: -3.9 },
    } as SignalResult,
  ],
  clauses: [{ id: 'layers', expected: '12', observed: '12', passed: true }],
  probes: { files: { status: 'ok' }, architecture: { status: 'ok' } },
  warnings: [],
};

export const EXAMPLES = { refuted: REFUTED, inconclusive: INCONCLUSIVE, upheld: UPHELD };
