/// The protocol's integers are big-endian.
extension [UInt8] {
  mutating func append(bigEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }

  /// Writes over bytes that are already there.
  mutating func replace(at offset: Int, bigEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.bigEndian) { replaceSubrange(offset..<offset + $0.count, with: $0) }
  }
}

extension UnsafeRawBufferPointer {
  /// Nil when the buffer ends before the integer does.
  func bigEndian<Integer: FixedWidthInteger>(at offset: Int, as type: Integer.Type) -> Integer? {
    let size = MemoryLayout<Integer>.size
    guard offset >= 0, count >= size, offset <= count - size else { return nil }
    return Integer(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
  }
}
