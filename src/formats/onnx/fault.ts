/** What exactly is wrong with an ONNX file. Stable: fixtures, reports and suppressions refer to them. */
export type OnnxFault =
  | 'ONNX_EMPTY'
  | 'ONNX_OTHER_FORMAT'
  /** The file ends inside a field. */
  | 'ONNX_TRUNCATED'
  | 'ONNX_FIELD_NUMBER'
  /** A field reaches past the end of its message. */
  | 'ONNX_FIELD_END'
  | 'ONNX_WIRE_TYPE'
  | 'ONNX_VARINT'
  | 'ONNX_INTEGER'
  | 'ONNX_TEXT'
  | 'ONNX_NAME_LENGTH'
  | 'ONNX_LIST_LENGTH'
  | 'ONNX_DEPTH'
  | 'ONNX_NODES'
  /** The structure needs more memory than one file may claim. */
  | 'ONNX_MEMORY'
  /** More than an edited copy may carry along. */
  | 'ONNX_COPY_SIZE'
  | 'ONNX_GRAPH_MISSING'
  | 'ONNX_OPSET_TWICE'
  | 'ONNX_FUNCTION_TWICE'
  | 'ONNX_FUNCTION_SHADOWS'
  | 'ONNX_INITIALIZER_TWICE'
  | 'ONNX_ATTRIBUTE_TWICE'
  | 'ONNX_RANK'
  | 'ONNX_DIMENSION'
  | 'ONNX_ELEMENTS'
  | 'ONNX_SPARSE'
  | 'ONNX_DATA_TYPE'
  | 'ONNX_DATA_LOCATION'
  /** Data in two places. */
  | 'ONNX_DATA_TWICE'
  /** Data in a field that its type does not use. */
  | 'ONNX_DATA_FIELD'
  | 'ONNX_DATA_SIZE'
  | 'ONNX_EXTERNAL_KEY_TWICE'
  | 'ONNX_EXTERNAL_NUMBER'
  | 'ONNX_EXTERNAL_PATH'
  /** Tensors reach past the end of an external file. */
  | 'ONNX_EXTERNAL_END'
  | 'ONNX_EXTERNAL_OVERLAP';
