/** Hand-made tokenizer.json files, one of each kind that published models use. */
type Json = Readonly<Record<string, unknown>>;

const ALPHABET = [...'abcdefghijklmnopqrstuvwxyz'];
const frame = (rest: Json): Json => ({
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
  ...rest,
});
const special = (id: number, content: string): Json => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});
const vocabulary = (tokens: readonly string[]): Record<string, number> =>
  Object.fromEntries(tokens.map((token, id) => [token, id]));

/** BERT: lower-cased words cut into ## pieces, between [CLS] and [SEP]. */
export function wordPiece(): Json {
  const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
  const pieces = [
    'the',
    'rain',
    '##s',
    ...ALPHABET,
    ...ALPHABET.filter((letter) => letter !== 's').map((letter) => `##${letter}`),
    '.',
    ',',
  ];
  return frame({
    added_tokens: specials.map((content, id) => special(id, content)),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: vocabulary([...specials, ...pieces]),
    },
  });
}

/** Llama 2: SentencePiece BPE with ▁ for spaces and bytes as fallback. */
export function sentencePieceBpe(): Json {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
  );
  const tokens = [
    '<unk>',
    '<s>',
    '</s>',
    ...bytes,
    '▁',
    ...ALPHABET,
    'th',
    '▁th',
    '▁the',
    'in',
    'ain',
    'rain',
    '▁rain',
  ];
  return frame({
    added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => special(id, content)),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<unk>',
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      vocab: vocabulary(tokens),
      merges: ['t h', '▁ th', '▁th e', 'i n', 'a in', 'r ain', '▁ rain'],
    },
  });
}

/** T5: Unigram with scores, metaspace and a closing </s>. */
export function unigram(): Json {
  const pieces: [string, number][] = [
    ['<pad>', 0],
    ['</s>', 0],
    ['<unk>', 0],
    ['▁the', -2],
    ['▁rain', -3],
    ['s', -4],
    ['▁', -4.5],
    ...ALPHABET.filter((letter) => letter !== 's').map((letter): [string, number] => [letter, -6]),
  ];
  return frame({
    added_tokens: ['<pad>', '</s>', '<unk>'].map((content, id) => special(id, content)),
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
      pair: [],
      special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
    },
    decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, prepend_scheme: 'always' },
    model: { type: 'Unigram', unk_id: 2, vocab: pieces },
  });
}
