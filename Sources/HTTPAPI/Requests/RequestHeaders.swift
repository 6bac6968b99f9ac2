import HTTPTypes
import Kernel
import Operations
import Tenancy

/// What the header fields of a request mean here.
struct RequestHeaders {
  private let fields: HTTPFields

  init(_ fields: HTTPFields) {
    self.fields = fields
  }

  static let requestIdName = name("X-Request-Id")
  static let idempotencyKeyName = name("Idempotency-Key")

  /// The correlation id that the client chose: 1 to 64 of `A-Z a-z 0-9 . _ -`; nil for anything else, so that what we
  /// log and send back can hold neither a line break nor a megabyte.
  var requestId: String? {
    guard let text = fields[Self.requestIdName], (1...64).contains(text.utf8.count), text.utf8.allSatisfy(Self.isPlain) else { return nil }
    return text
  }

  /// A correlation id for a request that brought none.
  static func newRequestId(_ random: RandomSource) -> String { "req-" + Base32.encode(random.bytes(10)) }

  /// The secret of `Authorization: Bearer`; nil if there is none.
  var bearer: String? {
    guard let text = fields[.authorization], let space = text.firstIndex(of: " "), text[..<space].lowercased() == "bearer" else { return nil }
    let secret = text[text.index(after: space)...].drop { $0 == " " }
    return secret.isEmpty ? nil : String(secret)
  }

  /// The password of `Authorization: Basic` (RFC 7617), for senders of events that know no other way; the name before it says nothing.
  var basicPassword: String? {
    guard let text = fields[.authorization], text.utf8.count < 1000, let space = text.firstIndex(of: " "), text[..<space].lowercased() == "basic",
      let bytes = Base64.decode(text[text.index(after: space)...].utf8), let pair = String(validating: bytes, as: UTF8.self),
      let colon = pair.firstIndex(of: ":")
    else { return nil }
    let password = pair[pair.index(after: colon)...]
    return password.isEmpty ? nil : String(password)
  }

  /// What a signed message says of itself, by Standard Webhooks; nil where there is no signature.
  func signature() -> MessageSignature? {
    fields[Self.name("webhook-signature")].map {
      MessageSignature(id: fields[Self.name("webhook-id")] ?? "", timestamp: fields[Self.name("webhook-timestamp")] ?? "", signatures: $0)
    }
  }

  /// Where a listener who comes back stood.
  var lastEventId: String? { fields[LiveRoute.lastEventIdName].flatMap { $0.isEmpty ? nil : $0 } }

  var idempotencyKey: String? { fields[Self.idempotencyKeyName] }

  /// The version that `If-Match` names. Nil without the field and for `*`, which names none: it does not help an
  /// operation that must know what the caller saw. Weak and strong tags are one, since a proxy that compresses makes
  /// weak ones of ours.
  func expectedVersion() throws(Failure) -> Int64? {
    guard let text = fields[.ifMatch], text != "*" else { return nil }
    let tag = text.hasPrefix("W/") ? text.dropFirst(2) : text[...]
    guard tag.utf8.count <= 21, tag.first == "\"", tag.last == "\"", tag.utf8.count > 2,
      tag.dropFirst().dropLast().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let version = Int64(tag.dropFirst().dropLast())
    else { throw Failure(.malformed, HTTPMessages.badIfMatch) }
    return version
  }

  /// The language asked for; nil leaves it to the account.
  var language: Language? { fields[.acceptLanguage].map { Language(acceptLanguage: $0) } }

  /// Whether the body says that it is JSON; parameters other than a charset of UTF-8 are refused.
  var isJSON: Bool { Self.isJSON(fields[.contentType] ?? "") }

  /// - Parameter contentType: the field; several of them with commas between are none that is known.
  static func isJSON(_ contentType: String) -> Bool {
    let parts = contentType.lowercased().split(separator: ";", omittingEmptySubsequences: false)
    let words = parts.map { $0.filter { $0 != " " && $0 != "\t" } }
    guard words.first == "application/json" else { return false }
    return words.dropFirst().allSatisfy { $0.isEmpty || $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" }
  }

  /// Whether the body is a file as it is; what parameters say of it is passed over.
  var isFile: Bool {
    let type = (fields[.contentType] ?? "").lowercased()
    return !type.contains(",") && type.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" } == Self.fileType
  }

  /// Whether there is a body, as far as the fields tell.
  var saysBody: Bool { fields[.contentType] != nil || (contentLength ?? 0) > 0 }

  static let fileType = "application/octet-stream"

  /// Whether the caller would rather have JSON than a file as it is.
  var wantsJSON: Bool {
    let first = (fields[.accept] ?? "").lowercased().split(separator: ",").first.map { $0.split(separator: ";").first ?? $0 }
    return first?.filter { $0 != " " && $0 != "\t" } == "application/json"
  }

  /// How long the body is, if the request says so.
  var contentLength: Int64? { fields[.contentLength].flatMap { Int64($0) } }

  /// Whether a proxy says that it passed the request on for somebody else.
  var isForwarded: Bool {
    ["Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"].contains { fields[Self.name($0)] != nil }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// Names here are constant and valid tokens, so the fall-back is never taken.
  static func name(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .via }
}
