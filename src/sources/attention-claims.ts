import { type Config, configClaims, firstNumber, languageConfig } from '../core/config-claims.js';
import { mixesLayers } from '../core/mixed-layers.js';
import type { AttentionKind, AttentionStatistics, Contradiction } from '../core/types.js';

interface Claim {
  readonly layers: number | undefined;
  readonly heads: number | undefined;
  readonly keyValueHeads: number | undefined;
}

/**
 * Attention with what the run shows held against what config.json states. Layers that are missing where other kinds of
 * layers are mixed in are listed as unmeasured; a stack of attention layers alone contradicts its configuration.
 */
export function checkedAttention(measured: AttentionStatistics, config: Config | null): AttentionStatistics {
  if (config === null) return measured;
  const stated = languageConfig(config);
  const kinds = [...new Set(measured.sites.map(({ kind }) => kind))];
  const contradictions = kinds.flatMap((kind) => contradictionsOf(measured, kind, claimOf(stated, kind)));
  const unmeasured = [...measured.unmeasured];
  const self = measured.sites.filter(({ kind }) => kind === 'self').length;
  const refused = unmeasured.reduce((sum, { count }) => sum + count, 0);
  const missing = Number(stated.num_hidden_layers) - self - refused;
  if (mixesLayers(stated) && missing > 0) {
    const reason = 'config.json mixes attention with other layers, which have no attention weights';
    unmeasured.push({ operator: 'layers without attention', count: missing, reason });
  }
  const known = new Set(measured.contradictions.map(({ fact }) => fact));
  const added = contradictions.filter(({ fact }) => !known.has(fact));
  return { ...measured, unmeasured, contradictions: [...measured.contradictions, ...added] };
}

function contradictionsOf(
  { sites, unmeasured }: AttentionStatistics,
  kind: AttentionKind,
  claim: Claim,
): Contradiction[] {
  const own = sites.filter((site) => site.kind === kind);
  const agreed = (values: readonly (number | null)[]): number | undefined => {
    const [only, ...others] = new Set(values);
    return others.length === 0 && only !== null ? only : undefined;
  };
  const heads = agreed(own.map((site) => site.heads));
  const keyValueHeads = agreed(own.map((site) => site.keyValueHeads));
  const pairs: [string, number | undefined, number | undefined][] = [
    ['layers', unmeasured.length === 0 ? own.length : undefined, claim.layers],
    ['attentionHeads', heads, claim.heads],
    // Exporters repeat grouped keys: as many as queries says nothing.
    ['keyValueHeads', keyValueHeads === heads ? undefined : keyValueHeads, claim.keyValueHeads],
  ];
  return pairs.flatMap(([fact, run, stated]) =>
    run === undefined || stated === undefined || run === stated
      ? []
      : [{ fact, values: { run, config: stated } }],
  );
}

/** What config.json states of the layers of a kind; a mix states no layer count. */
function claimOf(config: Config, kind: AttentionKind): Claim {
  const number = (...keys: string[]): number | undefined => firstNumber(config, keys);
  if (kind === 'encoder') {
    return {
      layers: number('encoder_layers', 'num_layers', 'num_hidden_layers'),
      heads: number('encoder_attention_heads', 'num_heads', 'num_attention_heads'),
      keyValueHeads: undefined,
    };
  }
  const { layers, attentionHeads, keyValueHeads } = configClaims(config);
  const own =
    config.is_encoder_decoder === true
      ? {
          layers: number('decoder_layers', 'num_decoder_layers', 'num_layers'),
          heads: number('decoder_attention_heads', 'num_heads'),
        }
      : { layers, heads: attentionHeads };
  return { ...own, ...(mixesLayers(config) ? { layers: undefined } : {}), keyValueHeads };
}
