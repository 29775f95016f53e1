import type { Tensor } from 'onnxruntime-node';
import { isOpen } from '../../core/cache-axes.js';
import { AssayError } from '../../core/errors.js';
import type { Lengths } from './attention-table.js';
import { buildFeeds, isRecurrent, isTokens, planFeeds } from './feeds.js';
import type { Ort } from './ort.js';
import type { AttentionPlan, PortDescription, RuntimeConfig, TappedModel } from './protocol.js';
import { tensorOf, zeros } from './tensors.js';

export interface AttentionFeeds {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly lengths: Lengths;
}

/** What one tapped graph is run on. */
export interface AttentionInput {
  readonly model: TappedModel;
  readonly ids: readonly number[];
  /** Output of the encoder, for the decoder that reads it. */
  readonly encoded: Tensor | undefined;
}

const named = (name: string) => (port: PortDescription) => port.name === name;

/** Feeds for one text from its beginning. Throws MODEL_INPUT_UNKNOWN for an input that a text cannot fill. */
export function attentionFeeds(
  ort: Ort,
  ports: readonly PortDescription[],
  config: RuntimeConfig,
  plan: AttentionPlan,
  input: AttentionInput,
): AttentionFeeds {
  const spectrogram = ports.find(({ name, dims }) => name === 'input_features' && dims.length === 3);
  if (spectrogram) return spectrogramFeeds(ort, spectrogram, plan);
  const started = [plan.decoderStart, ...input.ids];
  const provided: Record<string, Tensor> = {};
  const give = (name: string, values: readonly number[], dims = [1, values.length]): void => {
    const port = ports.find(named(name));
    if (port) provided[name] = tensorOf(ort, port, { values, dims });
  };
  const ones = (length: number): number[] => new Array<number>(length).fill(1);
  const own = input.ids.length;
  // An encoder beside its decoder reads no decoder tokens, so equal lengths cannot pass its layers off as the decoder's.
  let lengths: Lengths = { encoder: own, decoder: input.model.stack === 'encoder' ? 0 : own };
  let ids = input.ids;
  if (input.encoded && ports.some(named('encoder_hidden_states'))) {
    const length = input.encoded.dims[1] ?? 0;
    ids = started;
    lengths = { ...lengths, encoder: length, decoder: started.length };
    provided.encoder_hidden_states = input.encoded;
    give('encoder_attention_mask', ones(length));
  } else if (ports.some(named('decoder_input_ids'))) {
    lengths = { ...lengths, decoder: started.length };
    give('decoder_input_ids', started);
    give('decoder_attention_mask', ones(started.length));
  }
  const fixed = ports.find(isTokens)?.dims[1];
  if (!isOpen(fixed)) {
    const padding = paddingOf(Number(fixed), ids.length, ports);
    give('attention_mask', [...ones(ids.length), ...padding]);
    ids = [...ids, ...padding];
  }
  if (input.model.queries !== null) give(input.model.queries, [input.ids.length, input.ids.length], [2]);
  for (const port of ports.filter(isRecurrent)) provided[port.name] = zeros(ort, port);
  const rest = ports.filter(({ name }) => !(name in provided));
  const feeds = buildFeeds(ort, planFeeds(rest, config, { lenient: true }), [ids], undefined);
  return { feeds: { ...feeds, ...provided }, lengths };
}

/** Zeros after the text. Throws where the text does not fit or nothing tells the model what is padding. */
function paddingOf(length: number, tokens: number, ports: readonly PortDescription[]): number[] {
  if (tokens === length) return [];
  if (tokens < length && ports.some(named('attention_mask')))
    return new Array<number>(length - tokens).fill(0);
  throw new AssayError(
    'MODEL_INPUT_UNKNOWN',
    `The model takes exactly ${length} tokens; the prompt has ${tokens}.`,
    { hint: `Give ${length} tokens, or an export with an open sequence dimension.` },
  );
}

/** A sound that is not speech, the same for every audit: two slow waves over bands and time. */
function spectrogramFeeds(ort: Ort, port: PortDescription, { features }: AttentionPlan): AttentionFeeds {
  const size = (axis: number, stated: number): number => {
    const dim = port.dims[axis];
    return typeof dim === 'number' && !isOpen(dim) ? dim : stated;
  };
  const [mels, frames] = [size(1, features.mels), size(2, features.frames)];
  const values = Array.from({ length: mels * frames }, (_, i) => {
    const [mel, frame] = [Math.floor(i / frames), i % frames];
    return 0.5 * Math.sin(0.37 * mel + 0.11 * frame) + 0.5 * Math.cos(0.013 * frame * (mel + 1));
  });
  return {
    feeds: { [port.name]: tensorOf(ort, port, { values, dims: [1, mels, frames] }) },
    lengths: { encoder: Math.ceil(frames / 2), decoder: 0 },
  };
}
