/// Writes rows in PostgreSQL's binary COPY form, for ``Transaction/copyIn(_:columns:rows:)``. The types must be exactly
/// those of the columns: an `Int64` is an `int8`, never an `int4`.
package struct CopyEncoder: Sendable {
  private var bytes: [UInt8] = Self.signature
  private var row = Parameters()

  private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00, 0, 0, 0, 0, 0, 0, 0, 0]

  package init() {}

  /// How many bytes wait to be taken. Take them when there are some tens of KiB.
  package var byteCount: Int { bytes.count }

  /// Appends one row; the closure appends its fields in the order of the columns.
  package mutating func append(_ fields: (inout Parameters) -> Void) throws {
    row.removeAll()
    fields(&row)
    try row.check(statement: "COPY")
    bytes.append(bigEndian: Int16(clamping: row.count))
    for range in row.ranges {
      guard let range else {
        bytes.append(bigEndian: Int32(-1))
        continue
      }
      bytes.append(bigEndian: Int32(clamping: range.count))
      bytes.append(contentsOf: row.bytes[range])
    }
  }

  /// Hands the bytes over and starts the next chunk.
  package mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    taken.reserveCapacity(bytes.capacity)
    swap(&taken, &bytes)
    return taken
  }

  /// The last chunk, with the end mark.
  package mutating func finish() -> [UInt8] {
    bytes.append(bigEndian: Int16(-1))
    return take()
  }
}
