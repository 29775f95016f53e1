/** Whether a config.json mixes attention with other kinds of layers, so that its layer count is not one of attention. */
export function mixesLayers(config: Readonly<Record<string, unknown>>): boolean {
  const kinds = Array.isArray(config.layer_types) ? config.layer_types : [];
  if (kinds.some((kind) => !/^(full|sliding|chunked)_attention$/.test(String(kind)))) return true;
  return Object.keys(config).some((key) =>
    /hybrid|ssm|mamba|linear_|conv_|attn_layer|attention_interval/.test(key),
  );
}
