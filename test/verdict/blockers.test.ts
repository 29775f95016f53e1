import { describe, expect, it } from 'vitest';
import type { Contradiction, Evidence } from '../../src/core/types.js';
import { checkEvidence } from '../../src/profile/evidence.js';
import { blockersOf } from '../../src/verdict/blockers.js';
import { reasonsFor } from '../../src/verdict/reasons.js';

const WEIGHING = { posterior: {}, total: {}, votes: [] };

function evidence(probes: Readonly<Record<string, unknown>>): Evidence {
  return {
    schema: 'evidence/1',
    tool: { name: 'x', version: '0' },
    candidate: { kind: 'onnx', label: 'x', digest: null },
    collectedAt: '',
    environment: {},
    seed: 0,
    suite: { id: 'x', tier: 'quick', sha256: 'x' },
    probes: Object.fromEntries(
      Object.entries(probes).map(([id, data]) => [id, { status: 'ok', version: 2, data }]),
    ),
    warnings: [],
  };
}

const found = (architecture: readonly Contradiction[], run: readonly Contradiction[]) =>
  blockersOf(
    evidence({
      architecture: { contradictions: architecture },
      'attention-statistics': { contradictions: run },
    }),
    [],
    WEIGHING,
    'full',
  ).filter(({ code }) => code === 'contradiction');

describe('contradictions', () => {
  const graph: Contradiction = { fact: 'attentionHeads', values: { graph: 8, config: 16 } };
  const run: Contradiction = { fact: 'attentionHeads', values: { run: 8, config: 16 } };

  it('of a run block as those of the architecture do', () => {
    const blockers = found([], [run]);
    expect(blockers).toEqual([
      {
        code: 'contradiction',
        probe: 'attention-statistics',
        fact: 'attentionHeads',
        values: 'run 8, config 16',
      },
    ]);
    const { reasons } = reasonsFor(
      { weighing: WEIGHING, blockers, outcome: 'inconclusive' },
      'full',
      'other',
      [],
    );
    expect(reasons).toEqual([
      {
        signal: 'attention-statistics',
        sentence:
          'MODEL_CONTRADICTION: the delivery disagrees with itself about attentionHeads (run 8, config 16).',
      },
    ]);
  });

  it('about one fact count once, with everything said about it', () => {
    expect(found([graph], [run])).toEqual([
      {
        code: 'contradiction',
        probe: 'architecture',
        fact: 'attentionHeads',
        values: 'graph 8, config 16, run 8',
      },
    ]);
    expect(found([graph], [{ fact: 'layers', values: { run: 3, config: 4 } }])).toHaveLength(2);
  });

  it('are looked for only where a probe recorded some', () => {
    const seen = evidence({ architecture: { contradictions: [] }, 'attention-statistics': { layers: 2 } });
    expect(checkEvidence(seen, 'x')).toEqual(seen);
    expect(blockersOf(seen, [], WEIGHING, 'full').map(({ code }) => code)).toEqual(['only-cheap-evidence']);
  });

  it.each([7, 'none', [{ fact: 3 }], [{ fact: 'layers', values: { run: null } }]])(
    'that are not a list of facts make the evidence invalid: %j',
    (contradictions) => {
      const thrown = expect(() =>
        checkEvidence(evidence({ 'attention-statistics': { contradictions } }), 'x'),
      );
      thrown.toThrow(expect.objectContaining({ code: 'EVIDENCE_INVALID' }));
    },
  );

  it.each([null, 7, [], 'text'])('do not make attention evidence of another shape invalid: %j', (data) => {
    const seen = evidence({ 'attention-statistics': data });
    expect(checkEvidence(seen, 'x')).toEqual(seen);
    expect(blockersOf(seen, [], WEIGHING, 'full')).toHaveLength(1);
  });
});

describe("a publisher's list of digests", () => {
  const check = { checked: 2, changed: [], missing: [], extra: [], unchecked: [] };
  const gone = { sha256: 'b', bytes: 1 };
  const changed = { path: 'a.safetensors', expected: { sha256: 'a', bytes: 1 }, found: gone };
  const blocked = (manifest: object) =>
    blockersOf(
      evidence({ files: { files: [], weights: ['x.gguf'], manifest } }),
      [],
      WEIGHING,
      'full',
    ).filter(({ code }) => code === 'manifest-differs');

  it('blocks when files are changed, missing or weights are extra, and names them', () => {
    const blockers = blocked({
      ...check,
      changed: [changed],
      missing: ['b'],
      extra: ['README.md', 'x.gguf'],
    });
    expect(blockers).toEqual([
      { code: 'manifest-differs', changed: ['a.safetensors'], missing: ['b'], extra: 1 },
    ]);
    const { reasons } = reasonsFor(
      { weighing: WEIGHING, blockers, outcome: 'inconclusive' },
      'full',
      'other',
      [],
    );
    expect(reasons[0]?.sentence).toContain('changed a.safetensors; missing b; 1 weight files not listed');
  });

  it('does not block when all is as listed, when text files are extra, or when a pointer was not fetched', () => {
    expect(blocked({ ...check, extra: ['README.md'] })).toEqual([]);
    expect(blocked({ ...check, changed: [{ ...changed, pointer: true }] })).toEqual([]);
  });
});

describe('contradictions of any probe', () => {
  const seen = { contradictions: [{ fact: 'layers', values: { index: 3, config: 4 } }] };

  it('block, and must be a list of facts', () => {
    const blockers = blockersOf(evidence({ later: seen }), [], WEIGHING, 'full');
    expect(blockers[0]).toMatchObject({ code: 'contradiction', probe: 'later', fact: 'layers' });
    expect(() => checkEvidence(evidence({ later: { contradictions: 7 } }), 'x')).toThrow(
      expect.objectContaining({ code: 'EVIDENCE_INVALID' }),
    );
  });
});

describe('labels of a quantization', () => {
  const label = { source: 'general.file_type', label: 'Q2_K', found: ['Q4_0'], contradicts: true };

  it('block when the tensors do not bear them out', () => {
    const blockers = blockersOf(evidence({ quantization: { labels: [label] } }), [], WEIGHING, 'full');
    expect(blockers[0]).toEqual({ code: 'label', source: 'general.file_type', label: 'Q2_K', found: 'Q4_0' });
    const { reasons } = reasonsFor(
      { weighing: WEIGHING, blockers, outcome: 'inconclusive' },
      'full',
      'other',
      [],
    );
    expect(reasons[0]?.sentence).toContain('general.file_type says Q2_K, the tensors hold Q4_0');
  });

  it('do not block when they fit', () => {
    const labels = [{ ...label, contradicts: false }];
    const codes = blockersOf(evidence({ quantization: { labels } }), [], WEIGHING, 'full').map(
      ({ code }) => code,
    );
    expect(codes).toEqual(['only-cheap-evidence']);
  });
});

describe('saved evidence that the verdict reads', () => {
  it.each<[string, unknown]>([
    ['files', { files: 7, weights: [] }],
    ['files', { files: [], weights: [], manifest: 7 }],
    ['files', { files: [{ path: 'a', bytes: 1, sha256: 5 }], weights: [] }],
    ['quantization', { labels: [{ contradicts: true }] }],
    ['quantization', null],
  ])('is refused when %s has another shape: %j', (id, data) => {
    expect(() => checkEvidence(evidence({ [id]: data }), 'x')).toThrow(
      expect.objectContaining({
        code: 'EVIDENCE_INVALID',
        message: expect.stringContaining(`the ${id} probe`),
      }),
    );
  });
});
