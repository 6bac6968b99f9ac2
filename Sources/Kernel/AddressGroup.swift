/// Which addresses are one client to a limit: an IPv4 address is one, of IPv6 a /64 is, which a single client owns whole
/// and could otherwise walk through.
package enum AddressGroup {
  /// The group of an address as a socket tells it: `192.0.2.1`, `2001:db8::1`, `::ffff:192.0.2.1`, `fe80::1%eth0`. What
  /// is no IPv6 address is a group of its own.
  package static func of(_ address: String) -> String {
    guard address.utf8.contains(UInt8(ascii: ":")), let halves = halves(address.prefix { $0 != "%" }) else { return address }
    let (before, after, isShort) = halves
    let words = isShort ? before + [UInt16](repeating: 0, count: 8 - before.count - after.count) + after : before
    // An IPv4 client of a socket that takes both.
    if words[..<5].allSatisfy({ $0 == 0 }), words[5] == 0xffff {
      return [words[6] >> 8, words[6] & 0xff, words[7] >> 8, words[7] & 0xff].map(String.init).joined(separator: ".")
    }
    return words[..<4].map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
  }

  /// The words before and after `::`, and whether it is there. Nil for anything but eight words, or fewer around `::`.
  private static func halves(_ text: Substring) -> (before: [UInt16], after: [UInt16], isShort: Bool)? {
    guard let gap = text.firstRange(of: "::") else {
      guard let all = words(text), all.count == 8 else { return nil }
      return (all, [], false)
    }
    let (start, end) = (text[..<gap.lowerBound], text[gap.upperBound...])
    guard !start.contains("."), let before = words(start), let after = words(end), before.count + after.count < 8 else { return nil }
    return (before, after, true)
  }

  /// Words of hexadecimal; the last two may be an IPv4 address.
  private static func words(_ text: Substring) -> [UInt16]? {
    if text.isEmpty { return [] }
    var words: [UInt16] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, part.contains(".") {
        let bytes = part.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        guard bytes.count == 4 else { return nil }
        words += [UInt16(bytes[0]) << 8 | UInt16(bytes[1]), UInt16(bytes[2]) << 8 | UInt16(bytes[3])]
      } else {
        guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }), let word = UInt16(part, radix: 16) else { return nil }
        words.append(word)
      }
    }
    return words
  }
}
