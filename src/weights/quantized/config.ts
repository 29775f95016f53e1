type Json = Readonly<Record<string, unknown>>;

/** What config.json claims about the quantization; also where a multimodal model or MLX keeps it. */
export function quantizationConfig(config: Json | null): Json | null {
  for (const place of [config, object(config?.text_config)])
    for (const key of ['quantization_config', 'compression_config', 'quantization']) {
      const found = object(place?.[key]);
      if (found) return found;
    }
  return null;
}

export function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** A positive integer, or undefined. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
