import Tenancy

/// The header fields that say what a file is.
enum FileFields {
  /// What a browser does no more with than show it. Anything else goes as bytes.
  private static let harmless: Set<String> = [
    "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain", "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  ]

  static func type(_ type: String) -> String {
    guard harmless.contains(type) else { return RequestHeaders.fileType }
    return type == "text/plain" ? "text/plain; charset=utf-8" : type
  }

  /// `Content-Disposition` (RFC 6266): to be kept, by this name. Letters of ASCII alone stand as they are, so nothing of a name ends
  /// the field or begins another.
  static func disposition(_ name: String) -> String {
    let plain = name.unicodeScalars.map { scalar in scalar.isASCII && isPlain(UInt8(truncatingIfNeeded: scalar.value)) ? String(scalar) : "_" }.joined()
    let whole = name.utf8.map { isPlain($0) ? String(UnicodeScalar($0)) : "%" + hexadecimal($0) }.joined()
    return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(whole)"
  }

  /// `Content-Digest` (RFC 9530), by which the receiver can see that he got what was kept.
  static func digest(_ digest: [UInt8]) -> String { "sha-256=:\(Base64.encode(digest)):" }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private static func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
}
