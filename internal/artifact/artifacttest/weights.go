package artifacttest

import "encoding/binary"

// GGUF writes a GGUF file of version 3 with these pairs of strings, key and
// value in turn, and one small tensor: what a test of a whole scan needs. The
// generator of every other shape is in the tests of the reader.
func GGUF(pairs ...string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("GGUF"), 3)
	b = binary.LittleEndian.AppendUint64(b, 1)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(pairs)/2))
	text := func(s string) {
		b = append(binary.LittleEndian.AppendUint64(b, uint64(len(s))), s...)
	}
	const typeString = 8
	for i := 0; i+1 < len(pairs); i += 2 {
		text(pairs[i])
		b = binary.LittleEndian.AppendUint32(b, typeString)
		text(pairs[i+1])
	}
	const align, floats = 32, 8
	text("token_embd.weight")
	b = binary.LittleEndian.AppendUint32(b, 1) // dimensions
	b = binary.LittleEndian.AppendUint64(b, floats)
	b = binary.LittleEndian.AppendUint32(b, 0) // F32
	b = binary.LittleEndian.AppendUint64(b, 0)
	b = append(b, make([]byte, (align-len(b)%align)%align)...)
	return append(b, make([]byte, 4*floats)...)
}

// ONNX writes an ONNX file with an empty graph and these metadata_props, key and
// value in turn.
func ONNX(props ...string) []byte {
	field := func(b []byte, n uint64, content []byte) []byte {
		b = binary.AppendUvarint(binary.AppendUvarint(b, n<<3|2), uint64(len(content)))
		return append(b, content...)
	}
	b := []byte{1 << 3, 8} // ir_version
	b = field(b, 2, []byte("test"))
	b = field(b, 7, field(nil, 2, []byte("graph")))
	for i := 0; i+1 < len(props); i += 2 {
		b = field(b, 14, field(field(nil, 1, []byte(props[i])), 2, []byte(props[i+1])))
	}
	opset := append(field(nil, 1, nil), 2<<3, 17)
	return field(b, 8, opset)
}
