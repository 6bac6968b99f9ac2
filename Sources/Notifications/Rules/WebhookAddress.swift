import Kernel

/// Where a webhook goes: an https address, in parts. Whether the machine behind the name may be spoken to is decided when it is known
/// (``PublicAddress``).
package struct WebhookAddress: Sendable, Equatable {
  package let host: String
  package let port: Int
  /// Path and query.
  package let target: String

  package static let most = 2000

  /// Nil for anything but `https://host[:port][/path][?query]` in visible ASCII.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= Self.most, bytes.allSatisfy({ (0x21...0x7e).contains($0) }), text.hasPrefix("https://"),
      !text.contains("#"), !text.contains("\\"), !text.contains("\"")
    else { return nil }
    let rest = text.dropFirst("https://".count)
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let authority = rest[..<end]
    guard !authority.contains("@") else { return nil }
    let (name, portText): (Substring, Substring?)
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else { return nil }
      name = authority[authority.index(after: authority.startIndex)..<close]
      let after = authority[authority.index(after: close)...]
      guard after.isEmpty || after.hasPrefix(":") else { return nil }
      portText = after.isEmpty ? nil : after.dropFirst()
      guard !name.isEmpty, name.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
    } else {
      let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2, let first = parts.first else { return nil }
      name = first
      portText = parts.count == 2 ? parts[1] : nil
      guard (1...253).contains(name.utf8.count), name.utf8.allSatisfy(Self.isNameByte), name.first != "-", name.first != "." else { return nil }
    }
    let port = portText.map { Int($0) ?? 0 } ?? 443
    guard (1...65_535).contains(port), portText?.first != "+" else { return nil }
    host = String(name)
    self.port = port
    let target = rest[end...]
    self.target = target.hasPrefix("/") ? String(target) : "/" + target
  }

  /// As the Host field of a request names it.
  package var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == 443 ? name : "\(name):\(port)"
  }

  /// The host in network order, where it is an IP address in figures; nil: a name, whose addresses are known when a message goes.
  package var addressBytes: [UInt8]? { host.contains(":") ? Self.bytes6(host) : Self.bytes4(host[...]) }

  private static func bytes4(_ text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let bytes = parts.compactMap { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt8(part) : nil }
    return parts.count == 4 && bytes.count == 4 ? bytes : nil
  }

  private static func bytes6(_ text: String) -> [UInt8]? {
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    var head: [UInt8] = []
    // What follows the one gap.
    var tail: [UInt8]?
    for (index, word) in words.enumerated() {
      if word.isEmpty {
        // A gap at an end is written with one colon more.
        if index == 0 || index == words.count - 1 { continue }
        guard tail == nil else { return nil }
        tail = []
        continue
      }
      let bytes: [UInt8]
      if word.contains(".") {
        guard index == words.count - 1, let last = bytes4(word) else { return nil }
        bytes = last
      } else {
        guard word.utf8.count <= 4, let group = UInt16(word, radix: 16) else { return nil }
        bytes = [UInt8(group >> 8), UInt8(group & 0xff)]
      }
      if tail == nil { head += bytes } else { tail? += bytes }
    }
    let missing = 16 - head.count - (tail?.count ?? 0)
    guard let tail else { return missing == 0 ? head : nil }
    return missing >= 0 ? head + Array(repeating: 0, count: missing) + tail : nil
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
    default: false
    }
  }
}

/// Which machines a webhook may lead to: those of the public internet. What is this machine, a neighbour, the provider's own network or a
/// cloud's store of secrets is refused, however it is written.
package enum PublicAddress {
  /// - Parameter bytes: 4 of IPv4, or 16 of IPv6, in network order.
  package static func isPublic(_ bytes: [UInt8]) -> Bool {
    switch bytes.count {
    case 4: !reserved4.contains { $0.covers(bytes) }
    // Of IPv6 only what is given out for the public at all; mapped and translated IPv4 addresses lie outside of it.
    case 16: Block([0x20], 3).covers(bytes) && !reserved6.contains { $0.covers(bytes) }
    default: false
    }
  }

  /// Addresses that begin with the same bits.
  package struct Block: Sendable {
    let bytes: [UInt8]
    let length: Int

    package init(_ bytes: [UInt8], _ length: Int) {
      self.bytes = bytes
      self.length = length
    }

    package func covers(_ address: [UInt8]) -> Bool {
      for bit in 0..<length {
        let (index, mask) = (bit / 8, UInt8(0x80) >> UInt8(bit % 8))
        guard index < address.count else { return false }
        let own = index < bytes.count ? bytes[index] : 0
        if (own ^ address[index]) & mask != 0 { return false }
      }
      return true
    }
  }

  /// IANA's special-purpose registry, and multicast.
  private static let reserved4 = [
    Block([0], 8), Block([10], 8), Block([100, 64], 10), Block([127], 8), Block([169, 254], 16), Block([172, 16], 12), Block([192, 0, 0], 24),
    Block([192, 0, 2], 24), Block([192, 88, 99], 24), Block([192, 168], 16), Block([198, 18], 15), Block([198, 51, 100], 24), Block([203, 0, 113], 24),
    Block([224], 4), Block([240], 4),
  ]

  private static let reserved6 = [
    // Teredo, benchmarks, ORCHID; documentation; 6to4, which holds an IPv4 address.
    Block([0x20, 0x01, 0x00], 23), Block([0x20, 0x01, 0x0d, 0xb8], 32), Block([0x20, 0x02], 16), Block([0x3f, 0xff], 20),
  ]
}
