import Kernel
import TLS

/// Turns page cursors into opaque texts and back. The signature covers the operation, the filter and the principal, so
/// a cursor is followed only in the listing, and for the caller, that it was given to.
package struct CursorSigner: Sendable {
  /// The newest key signs, all verify: (key id, secret).
  private let keys: [(id: Int64, secret: [UInt8])]

  package init?(keys: [(id: Int64, secret: [UInt8])]) {
    guard !keys.isEmpty else { return nil }
    self.keys = keys.sorted { $0.id > $1.id }
  }

  func seal(_ cursor: PageCursor, for context: OperationContext, filter: String) -> String {
    guard let key = keys.first else { return "" }
    let body = JSON.write(.array([.integer(key.id)] + cursor.keys))
    return "\(Self.hexadecimal(mac(body, key.secret, context, filter).prefix(16)))\(Self.hexadecimal(body[...]))"
  }

  func open(_ text: String, for context: OperationContext, filter: String) throws -> PageCursor {
    let refused = Failure.invalid("cursor", KernelMessages.badCursor)
    guard let bytes = Self.bytes(text), bytes.count > 16, let value = try? JSON.read(bytes[16...]), let elements = value.array,
      let id = elements.first?.integer, let key = keys.first(where: { $0.id == id }),
      constantTimeEquals(Array(mac(Array(bytes[16...]), key.secret, context, filter).prefix(16)), Array(bytes[..<16]))
    else { throw refused }
    return PageCursor(Array(elements.dropFirst()))
  }

  private func mac(_ body: [UInt8], _ secret: [UInt8], _ context: OperationContext, _ filter: String) -> [UInt8] {
    let actor = context.actor
    let bound = "\(context.operation.name)\n\(actor.kind.rawValue)\n\(actor.id)\n\(context.principal.tenant)\n\(context.tenant.id)\n\(filter)\n"
    return HMACSHA256.code(Array(bound.utf8) + body, key: secret)
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
