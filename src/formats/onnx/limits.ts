/**
 * Limits of the ONNX reader. A file over a limit is rejected with FORMAT_LIMIT before the memory is spent.
 */

/**
 * Nested messages. protobuf's own recursion limit, and so ONNX Runtime's: nothing deeper loads anywhere.
 * A graph inside a graph costs three levels (node, attribute, graph).
 */
export const MAX_DEPTH = 100;

/** Nodes of all graphs together. ONNX Runtime already needs seconds and half a GB to load 200 000. */
export const MAX_NODES = 500_000;

/**
 * Memory one file may claim, weights excepted. Exported decoders come to about 600 bytes per node, so this is
 * reached near the node limit. Unknown fields are charged too, which bounds the time to some seconds.
 */
export const MAX_METADATA_BYTES = 256 * 1024 * 1024;

/** Price of reading one field: a list slot or a primitive in an object, and the time to get there. */
export const FIELD_COST = 32;

/** Price of one embedded message: a two-byte message becomes an object of about this size. */
export const MESSAGE_COST = 96;

/** Names and external locations. Exporters concatenate module paths, which reach a few hundred bytes. */
export const MAX_NAME_BYTES = 16 * 1024;

/**
 * Text attributes kept in memory. Structural ones are single words; longer ones are embedded vocabularies
 * or compiled blobs, which are skipped like weights.
 */
export const MAX_TEXT_BYTES = 64 * 1024;

/** Encoded size of one packed integer list. The longest lists are the tables of tree ensembles. */
export const MAX_LIST_BYTES = 16 * 1024 * 1024;

/** Dimensions of a tensor: as many as NumPy 2 allows. */
export const MAX_RANK = 64;

/** Tensors of at most this size carry their bytes: scalars, axes and shape vectors. */
export const SMALL_TENSOR_BYTES = 64;

/** Encoded size up to which typed data can still decode to a small tensor: a varint has at most 10 bytes. */
export const MAX_SMALL_TYPED_BYTES = SMALL_TENSOR_BYTES * 10;

/** Bytes `externalize` may copy: the graph and its small tensors. Beyond it the weights are not initializers. */
export const MAX_COPY_BYTES = 256 * 1024 * 1024;
