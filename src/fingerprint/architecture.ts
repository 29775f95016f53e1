import { configClaims, languageConfig } from '../core/config-claims.js';
import type { Architecture, Fact, ModelStructure } from '../core/types.js';
import { fallbacks } from './architecture/conventions.js';
import { isComplete } from './architecture/delivered.js';
import { type NumberFact, numberSources } from './architecture/facts.js';
import { graphFacts } from './architecture/graph.js';
import { indexFacts } from './architecture/index-names.js';
import { closedFormLaws } from './architecture/laws.js';
import { metadataClaims } from './architecture/metadata.js';
import { family, presence, tied } from './architecture/presence.js';
import type { Readings } from './architecture/readings.js';
import { best, contradiction } from './architecture/sources.js';
import { stackFacts } from './architecture/stack.js';
import { storage } from './architecture/storage.js';
import { placedTensors } from './architecture/tensors.js';
import { impliedTotals, totals } from './architecture/totals.js';
import { widthContradictions } from './architecture/widths.js';

export interface ReadingOptions {
  /** Whether the output matrix has the numbers of the embedding; only the weights themselves show it. */
  readonly headRepeatsEmbedding?: boolean | undefined;
}

/**
 * Layers, heads and sizes of a transformer with the origin of each. What files and graphs show outranks what metadata,
 * index and config.json state, and every disagreement between two sources is returned as a contradiction.
 */
export function readArchitecture(structure: ModelStructure, options: ReadingOptions = {}): Architecture {
  const readings = readingsOf(structure);
  const sources = numberSources(readings);
  const conventions = fallbacks(readings);
  const facts = Object.fromEntries(
    (Object.keys(sources) as NumberFact[]).map((name) => [
      name,
      best(sources[name]) ?? best(conventions[name] ?? {}),
    ]),
  ) as Record<NumberFact, Fact<number> | null>;
  return {
    family: family(readings),
    ...facts,
    ...presence(readings),
    ...counted(readings, options),
    maxPositions: best({ metadata: readings.metadata.maxPositions, config: readings.stated.maxPositions }),
    findings: structure.findings,
    contradictions: [
      ...Object.entries(sources).flatMap(([name, found]) => contradiction(name, found)),
      ...widthContradictions(readings),
    ],
  };
}

function readingsOf(structure: ModelStructure): Readings {
  const config = languageConfig(structure.config);
  const stated = configClaims(config);
  const placed = placedTensors(structure);
  const complete = isComplete(structure);
  return {
    structure,
    config,
    stated,
    metadata: metadataClaims(structure),
    placed,
    stack: complete ? stackFacts(placed) : undefined,
    // Beside all its shards an index says nothing of its own.
    listed: structure.index && !complete ? indexFacts(structure.index) : undefined,
    graph: graphFacts(structure, config, stated.layers),
  };
}

type Counted = Pick<
  Architecture,
  | 'predictorLayers'
  | 'tiedEmbeddings'
  | 'parameters'
  | 'activeParameters'
  | 'tensors'
  | 'payloadBytes'
  | 'weightBits'
  | 'weightTypes'
  | 'uncounted'
  | 'laws'
  | 'shardSizes'
>;

/** What the numbers add up to, beside what they should. */
function counted(readings: Readings, { headRepeatsEmbedding }: ReadingOptions): Counted {
  const { structure, config, stated, metadata, placed, stack, listed } = readings;
  const complete = stack !== undefined;
  const predictors = { shapes: stack?.predictorLayers, index: listed?.predictorLayers };
  const tiedEmbeddings = tied(readings, headRepeatsEmbedding);
  const head = placed.some(({ role }) => role === 'head');
  const repeatedHead = tiedEmbeddings?.value === true && head;
  const distinct = !head || tiedEmbeddings !== null;
  const stored = totals(storage(structure, placed, repeatedHead), structure, { complete, distinct });
  const { implied, ...laws } = closedFormLaws(config, stated, {
    structure,
    placed,
    complete,
    repeatedHead,
    parameters: stored.parameters?.value,
    predictorLayers: best(predictors)?.value ?? null,
    listed: listed?.trained,
  });
  return {
    predictorLayers: best({
      ...predictors,
      metadata: metadata.predictorLayers,
      config: stated.predictorLayers,
    }),
    tiedEmbeddings,
    ...stored,
    ...(structure.format === 'onnx' ? {} : impliedTotals(stored, implied)),
    activeParameters: best({ config: implied?.active ?? undefined }),
    ...laws,
  };
}
