/// Crockford's base32 in lower case (no i, l, o, u). Strict: no aliases, no case folding, no stray bits.
package enum Base32 {
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xff, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  /// Most significant bit first; the last letter is padded with zero bits.
  package static func encode(_ bytes: [UInt8]) -> String { encode(bytes, after: "") }

  /// The same behind a prefix.
  static func encode(_ bytes: [UInt8], after prefix: String) -> String {
    let prefix = prefix.utf8
    return String(unsafeUninitializedCapacity: prefix.count + (bytes.count * 8 + 4) / 5) { buffer in
      var count = 0
      func add(_ letter: UInt8) {
        buffer[count] = letter
        count += 1
      }
      for byte in prefix { add(byte) }
      var pending: UInt32 = 0
      var bits = 0
      for byte in bytes {
        pending = pending << 8 | UInt32(byte)
        bits += 8
        while bits >= 5 {
          bits -= 5
          add(alphabet[Int(pending >> UInt32(bits) & 31)])
        }
      }
      if bits > 0 { add(alphabet[Int(pending << UInt32(5 - bits) & 31)]) }
      return count
    }
  }

  /// Nil unless the letters are exactly what `encode` gives for some `byteCount` bytes.
  package static func decode(_ letters: some Collection<UInt8>, byteCount: Int) -> [UInt8]? {
    guard letters.count == (byteCount * 8 + 4) / 5 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount)
    var pending: UInt32 = 0
    var bits = 0
    for letter in letters {
      let value = values[Int(letter)]
      guard value != 0xff else { return nil }
      pending = pending << 5 | UInt32(value)
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
      }
    }
    guard pending & (1 << UInt32(bits) - 1) == 0 else { return nil }
    return bytes
  }
}
