import Kernel
import TLS

/// What a signed message says of itself, in the three header fields of Standard Webhooks (standardwebhooks.com): its id, when it was
/// sent, and one or more signatures `v1,<base64>` of `id.timestamp.body` by HMAC-SHA256.
package struct MessageSignature: Sendable {
  package let id: String
  /// Seconds since 1970.
  let timestamp: String
  let signatures: String

  package init(id: String, timestamp: String, signatures: String) {
    self.id = id
    self.timestamp = timestamp
    self.signatures = signatures
  }

  /// How far the sender's clock may be from ours, and so how old a message may be that somebody recorded.
  package static let toleranceSeconds: Int64 = 300
  private static let mostSignatures = 10

  /// Whether one of the signatures is right by one of the keys, at this time.
  func isValid(for body: [UInt8], by keys: [[UInt8]], at now: Instant) -> Bool {
    guard (1...128).contains(id.utf8.count), id.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), timestamp.utf8.count <= 12,
      let sent = Int64(timestamp), (now.seconds - Self.toleranceSeconds...now.seconds + Self.toleranceSeconds).contains(sent)
    else { return false }
    let message = Array("\(id).\(timestamp).".utf8) + body
    let given = signatures.split(separator: " ").prefix(Self.mostSignatures).compactMap { text -> [UInt8]? in
      text.hasPrefix("v1,") ? Base64.decode(text.dropFirst(3).utf8) : nil
    }
    return keys.contains { key in
      let right = HMACSHA256.code(message, key: key)
      return given.contains { constantTimeEquals($0, right) }
    }
  }

  /// What a sender's signature is, for those who make one.
  package static func sign(id: String, timestamp: Int64, _ body: [UInt8], key: [UInt8]) -> String {
    "v1," + Base64.encode(HMACSHA256.code(Array("\(id).\(timestamp).".utf8) + body, key: key))
  }
}
