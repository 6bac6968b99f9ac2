import Kernel
import TLS

/// Turns page cursors into opaque texts and back. The signature covers the operation, the filter and the principal, so
/// a cursor is followed only in the listing, and for the caller, that it was given to. The keys inside are encrypted:
/// internal numbers tell how much there is.
package struct CursorSigner: Sendable {
  /// The newest key signs, all verify: (key id, secret).
  private let keys: [(id: Int64, secret: [UInt8])]

  private static let tagByteCount = 16

  package init?(keys: [(id: Int64, secret: [UInt8])]) {
    guard !keys.isEmpty else { return nil }
    self.keys = keys.sorted { $0.id > $1.id }
  }

  /// Synthetic IV: the signature of the clear text is also what the key stream starts from, so no two texts share one.
  func seal(_ cursor: PageCursor, for context: OperationContext, filter: String) -> String {
    guard let key = keys.first else { return "" }
    let body = JSON.write(.array(cursor.keys))
    let tag = tag(body, key.secret, context, filter)
    return Self.hexadecimal(tag + Self.applyKeyStream(to: body, tag, key.secret))
  }

  func open(_ text: String, for context: OperationContext, filter: String) throws -> PageCursor {
    guard let bytes = Self.bytes(text), bytes.count > Self.tagByteCount else { throw Failure.invalid("cursor", KernelMessages.badCursor) }
    let given = Array(bytes[..<Self.tagByteCount])
    for key in keys {
      let body = Self.applyKeyStream(to: Array(bytes[Self.tagByteCount...]), given, key.secret)
      guard constantTimeEquals(tag(body, key.secret, context, filter), given), let elements = (try? JSON.read(body))?.array else { continue }
      return PageCursor(elements)
    }
    throw Failure.invalid("cursor", KernelMessages.badCursor)
  }

  private func tag(_ body: [UInt8], _ secret: [UInt8], _ context: OperationContext, _ filter: String) -> [UInt8] {
    let actor = context.actor
    let bound = "\(context.operation.name)\n\(actor.kind.rawValue)\n\(actor.id)\n\(context.principal.tenant)\n\(context.tenant.id)\n\(filter)\n"
    return Array(HMACSHA256.code(Array(bound.utf8) + body, key: secret).prefix(Self.tagByteCount))
  }

  private static func applyKeyStream(to bytes: [UInt8], _ tag: [UInt8], _ secret: [UInt8]) -> [UInt8] {
    let key = HMACSHA256.code(Array("cursor encryption".utf8), key: secret)
    var stream: [UInt8] = []
    // A cursor has at most some thousand bytes, so the counter never leaves its two.
    var counter: UInt16 = 0
    while stream.count < bytes.count {
      stream += HMACSHA256.code(tag + [UInt8(counter >> 8), UInt8(counter & 255)], key: key)
      counter &+= 1
    }
    return zip(bytes, stream).map { $0 ^ $1 }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    let letters = Array(text.utf8)
    guard letters.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count / 2)
    for index in stride(from: 0, to: letters.count, by: 2) {
      guard let high = digits.firstIndex(of: letters[index]), let low = digits.firstIndex(of: letters[index + 1]) else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return bytes
  }
}
