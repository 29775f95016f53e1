import { posix } from 'node:path';
import { isOpen } from '../core/cache-axes.js';
import { rewriteOnnx } from '../formats/onnx/rewrite.js';
import type { OnnxModel } from '../formats/onnx/types.js';
import type { AttentionPlan, TappedModel } from '../io/runtime/protocol.js';
import { planTap } from '../tap/tap.js';
import type { ModelConfig } from './model-config.js';
import type { OpenedGraph } from './opened-graph.js';

/** Decoder of an encoder–decoder, as Optimum names it. */
const DECODER = /decoder_(with_past_)?model(_merged)?(?=[^/]*\.onnx$)/;
/** Whisper's sizes, which every published model shares. */
const FEATURES = { mels: 80, frames: 3000 };

/** Path of the encoder that belongs to a decoder, if the delivery has one. */
export function encoderOf(modelPath: string, files: readonly string[]): string | undefined {
  if (!DECODER.test(modelPath)) return undefined;
  const beside = [
    modelPath.replace(DECODER, 'encoder_model'),
    posix.join(posix.dirname(modelPath), 'encoder_model.onnx'),
  ];
  return beside.find((path) => path !== modelPath && files.includes(path));
}

/** Edit the graphs of a candidate so that they return their attention statistics; nothing is written to disk. */
export async function attentionPlan(
  graphs: { readonly decoder: OpenedGraph; readonly encoder: OpenedGraph | undefined },
  config: ModelConfig,
  signal: AbortSignal | undefined,
): Promise<AttentionPlan> {
  const models: TappedModel[] = [];
  if (graphs.encoder) models.push(await tapped(graphs.encoder, 'encoder', signal));
  models.push(await tapped(graphs.decoder, 'decoder', signal));
  return {
    models,
    decoderStart: config.decoderStart ?? 0,
    features: { mels: config.mels ?? FEATURES.mels, frames: config.frames ?? FEATURES.frames },
  };
}

async function tapped(
  opened: OpenedGraph,
  stack: TappedModel['stack'],
  signal: AbortSignal | undefined,
): Promise<TappedModel> {
  const model = await opened.model();
  const [first] = model.graph.outputs;
  const tap = planTap(model, {
    keep: stack === 'encoder' && first ? [first.name] : [],
    similarity: true,
    declared: declaredAttention(model),
    padded: hasFixedLength(model),
  });
  const { place, folder } = await opened.places();
  const bytes = await opened.bytes((source) =>
    rewriteOnnx(source, { place, edit: tap.edit, opsets: tap.opsets, signal }),
  );
  const { sites, refused, queries } = tap;
  return { stack, location: { kind: 'graph', bytes, folder }, sites, refused, queries };
}

/** Outputs named attention, of layers in order. */
function declaredAttention({ graph }: OnnxModel): string[] {
  const layer = (name: string): number => Number(/(\d+)\D*$/.exec(name)?.[1] ?? 0);
  return graph.outputs
    .filter(
      ({ name, dims }) => dims?.length === 4 && /att(n|ention)/i.test(name) && !/^(present|past)/.test(name),
    )
    .map(({ name }) => name)
    .sort((a, b) => layer(a) - layer(b));
}

function hasFixedLength({ graph }: OnnxModel): boolean {
  const ids = graph.inputs.find(({ name }) => /(^|[._/])input_?ids?$/i.test(name));
  const length = ids?.dims?.[1];
  return typeof length === 'number' && !isOpen(length);
}
