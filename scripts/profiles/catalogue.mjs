// Which entry of the fact and digest collections becomes which variant of which shipped profile.

/** Public copies found after the collection was made, with the facts of each entry that they confirm. */
export const CONFIRMATIONS = {
  'deepseek-r1-0528': {
    key: 'amd0528',
    source: {
      what: 'config.json of a quantized copy of DeepSeek-R1-0528, which keeps its shapes',
      where: 'huggingface.co/amd/DeepSeek-R1-0528-MXFP4 config.json',
      commit: '41aaaead0ffd892620b09652f2da699df7563572',
    },
    facts: [
      'family',
      'layers',
      'hiddenSize',
      'attentionHeads',
      'keyValueHeads',
      'intermediateSize',
      'experts',
      'expertsActive',
      'sharedExperts',
      'expertIntermediateSize',
      'denseLayers',
      'queryLoraRank',
      'keyValueLoraRank',
      'qkNopeHeadDim',
      'qkRopeHeadDim',
      'maxPositions',
      'predictorLayers',
    ],
  },
  'deepseek-r1-0528-qwen3-8b': {
    key: 'behchat',
    source: {
      what: 'config.json of a model fine-tuned from DeepSeek-R1-0528-Qwen3-8B',
      where: 'huggingface.co/zypchn/BehChat-v0.3 config.json',
    },
    facts: [
      'family',
      'layers',
      'hiddenSize',
      'attentionHeads',
      'headDim',
      'intermediateSize',
      'maxPositions',
    ],
  },
};

/** Where the text of a source that the collection names without a place can be read. */
export const ADDRESSES = {
  f15: 'huggingface.co/onnx-community/DeepSeek-R1-Distill-Qwen-1.5B-ONNX config.json',
  f14: 'huggingface.co/RedHatAI/DeepSeek-R1-Distill-Qwen-14B-quantized.w8a8 config.json, with the same shapes',
  fphi: 'huggingface.co/Alignment-Lab-AI/idfkphi4kiguess config.json, duplicated from microsoft/Phi-3-mini-4k-instruct',
};

/** Entries whose shapes the collection repeats from a sibling without a copy of their own configuration. */
export const SHAPES_FROM_MEMORY = new Set([
  'deepseek-r1-0528',
  'deepseek-v3-0324',
  'deepseek-v3.1',
  'deepseek-r1-0528-qwen3-8b',
]);

const R1_DISTILLS = {
  'distill-qwen-1.5b': 'deepseek-r1-distill-qwen-1.5b',
  'distill-qwen-7b': 'deepseek-r1-distill-qwen-7b',
  'distill-qwen-14b': 'deepseek-r1-distill-qwen-14b',
  'distill-qwen-32b': 'deepseek-r1-distill-qwen-32b',
  'distill-llama-8b': 'deepseek-r1-distill-llama-8b',
  'distill-llama-70b': 'deepseek-r1-distill-llama-70b',
  'distill-0528-qwen3-8b': 'deepseek-r1-0528-qwen3-8b',
};
const R1_BASES = [
  'qwen2.5-1.5b',
  'qwen2.5-7b',
  'qwen2.5-14b',
  'qwen2.5-32b',
  'llama-3.1-8b',
  'llama-3.3-70b',
  'qwen3-8b',
];
const QWEN_25 = ['0.5b', '1.5b', '3b', '7b', '14b', '32b', '72b'].map((size) => `qwen2.5-${size}`);
const QWEN_3 = ['0.6b', '1.7b', '4b', '8b', '14b', '32b', '30b-a3b', '235b-a22b'].map(
  (size) => `qwen3-${size}`,
);

const all = (kind, ids) => ids.map((id) => ({ id, entry: id, kind }));
const strangers = (names) => Object.entries(names).map(([id, entry]) => ({ id, entry, kind: 'other' }));

/** Variants by profile, the one claimed by default first. `copy` is a quantized release of another variant. */
export const PROFILES = {
  'deepseek-r1': [
    { id: 'full', entry: 'deepseek-r1', kind: 'full' },
    { id: 'r1-0528', entry: 'deepseek-r1-0528', kind: 'full' },
    ...Object.entries(R1_DISTILLS).map(([id, entry]) => ({ id, entry, kind: 'distilled' })),
    ...Object.entries({
      'distill-qwen-1.5b': ['deepseek-r1:1.5b', 'DeepSeek-R1-Distill-Qwen-1.5B-Q4_K_M.gguf'],
      'distill-qwen-7b': [
        'deepseek-r1:7b (also :latest in Jan-Apr 2025)',
        'DeepSeek-R1-Distill-Qwen-7B-Q4_K_M.gguf',
      ],
      'distill-qwen-14b': ['DeepSeek-R1-Distill-Qwen-14B-Q4_K_M.gguf'],
      'distill-qwen-32b': ['DeepSeek-R1-Distill-Qwen-32B-Q4_K_M.gguf'],
      'distill-llama-8b': [
        'deepseek-r1:8b (Llama distill, before R1-0528)',
        'deepseek-r1-distill-llama-8b-Q4_K_M.gguf',
      ],
      'distill-llama-70b': ['DeepSeek-R1-Distill-Llama-70B-Q4_K_M.gguf'],
    }).map(([id, files]) => ({
      id: `${id}-q4_k_m`,
      entry: R1_DISTILLS[id],
      kind: 'distilled',
      copy: { bits: 4, files },
    })),
    ...strangers({ v3: 'deepseek-v3', 'v3-0324': 'deepseek-v3-0324', 'v3.1': 'deepseek-v3.1' }),
    ...all('other', R1_BASES),
  ],
  'deepseek-v3': [
    { id: 'full', entry: 'deepseek-v3', kind: 'full' },
    { id: 'v3-0324', entry: 'deepseek-v3-0324', kind: 'full' },
    { id: 'v3.1', entry: 'deepseek-v3.1', kind: 'full' },
    ...strangers({ r1: 'deepseek-r1', 'r1-0528': 'deepseek-r1-0528' }),
  ],
  'qwen2.5': [
    ...all('full', QWEN_25),
    ...strangers({
      'r1-distill-qwen-1.5b': 'deepseek-r1-distill-qwen-1.5b',
      'r1-distill-qwen-7b': 'deepseek-r1-distill-qwen-7b',
      'r1-distill-qwen-14b': 'deepseek-r1-distill-qwen-14b',
      'r1-distill-qwen-32b': 'deepseek-r1-distill-qwen-32b',
    }),
  ],
  qwen3: [
    ...all('full', QWEN_3),
    ...[
      ['qwen3-0.6b', 'Qwen3-0.6B.Q4_K_M.gguf'],
      ['qwen3-1.7b', 'Qwen3-1.7B.Q4_K_M.gguf'],
      ['qwen3-4b', 'Qwen3-4B.Q4_K_M.gguf', 'Qwen3-4B-Q4_K_M.gguf'],
      ['qwen3-8b', 'Qwen3-8B.Q4_K_M.gguf', 'Qwen3-8B-Q4_K_M.gguf'],
      ['qwen3-14b', 'Qwen3-14B.Q4_K_M.gguf'],
      ['qwen3-32b', 'Qwen_Qwen3-32B-Q4_K_M.gguf'],
      ['qwen3-30b-a3b', 'Qwen_Qwen3-30B-A3B-Q4_K_M.gguf'],
    ].map(([entry, ...files]) => ({
      id: `${entry}-q4_k_m`,
      entry,
      kind: 'quantized',
      copy: { bits: 4, files },
    })),
    ...strangers({ 'r1-0528-qwen3-8b': 'deepseek-r1-0528-qwen3-8b' }),
  ],
  'llama-3': [
    ...all('full', ['llama-3.1-8b', 'llama-3.3-70b']),
    ...[
      ['llama-3.1-8b', 'q4_k_m', 4, 'Meta-Llama-3.1-8B-Instruct.Q4_K_M.gguf'],
      ['llama-3.1-8b', 'q8_0', 8, 'Meta-Llama-3.1-8B-Instruct.Q8_0.gguf'],
      ['llama-3.3-70b', 'q4_k_m', 4, 'Llama-3.3-70B-Instruct.Q4_K_M.gguf'],
    ].map(([entry, label, bits, ...files]) => ({
      id: `${entry}-instruct-${label}`,
      entry,
      kind: 'quantized',
      copy: { bits, files },
    })),
    ...strangers({
      'r1-distill-llama-8b': 'deepseek-r1-distill-llama-8b',
      'r1-distill-llama-70b': 'deepseek-r1-distill-llama-70b',
    }),
  ],
  mixtral: all('full', ['mixtral-8x7b']),
  'phi-3': all('full', ['phi-3-mini-4k']),
};
