import Kernel
import NIOCore
import Notifications

/// Addresses of one's own network that webhooks may lead to all the same: `10.20.0.0/16, 192.0.2.7`. Nothing else that is not public is.
package struct AllowedAddresses: Sendable {
  private let blocks: [(size: Int, block: PublicAddress.Block)]

  package static let none = AllowedAddresses(blocks: [])

  private init(blocks: [(size: Int, block: PublicAddress.Block)]) { self.blocks = blocks }

  /// Nil when one of them is no address and no block of addresses.
  package init?(_ text: String) {
    var blocks: [(Int, PublicAddress.Block)] = []
    for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let halves = part.split(separator: "/", omittingEmptySubsequences: false)
      guard (1...2).contains(halves.count), let bytes = Self.bytes(String(halves[0])) else { return nil }
      let most = bytes.count * 8
      guard let length = halves.count == 2 ? Int(halves[1]) : most, (0...most).contains(length) else { return nil }
      blocks.append((bytes.count, PublicAddress.Block(bytes, length)))
    }
    self.init(blocks: blocks)
  }

  /// Whether a webhook may lead there.
  package func permit(_ bytes: [UInt8]) -> Bool {
    PublicAddress.isPublic(bytes) || blocks.contains { $0.size == bytes.count && $0.block.covers(bytes) }
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
    return address.packedBytes
  }
}

extension SocketAddress {
  /// The bytes of the IP address, in network order; nil for what is none.
  var packedBytes: [UInt8]? {
    switch self {
    case .v4(let v4): withUnsafeBytes(of: v4.address.sin_addr) { Array($0) }
    case .v6(let v6): withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
    case .unixDomainSocket: nil
    }
  }
}
