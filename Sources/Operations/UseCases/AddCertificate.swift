import Kernel
import TLS

/// Lets whoever owns a client certificate act as an account, where an interface asks for certificates. It is listed and
/// revoked like a token, and like a token it names its tenant: the client says in which one it is registered.
enum AddCertificate: Operation {
  struct Input: OperationInput {
    let fingerprint: [UInt8]
    let credential: NewCredential

    static let fingerprintField = Field.text(
      "fingerprint", 64...95, "The SHA-256 fingerprint of the certificate: 64 hexadecimal digits, with or without colons.",
      "证书的 SHA-256 指纹：64 位十六进制数字，可带冒号。")
    static let fields: [any InputField] = [fingerprintField] + NewCredential.fields

    init(_ values: InputValues) throws(FieldError) {
      guard let fingerprint = Self.bytes(try values[Self.fingerprintField]) else { throw FieldError("fingerprint", AccountMessages.badFingerprint) }
      self.fingerprint = fingerprint
      credential = try NewCredential(values)
    }

    /// As `openssl x509 -fingerprint -sha256` prints it, or without its colons.
    private static func bytes(_ text: String) -> [UInt8]? {
      let digits = text.contains(":") ? text.split(separator: ":", omittingEmptySubsequences: false).joined() : text
      guard digits.utf8.count == 2 * SHA256.byteCount, text.utf8.count == digits.utf8.count || text.utf8.count == 3 * SHA256.byteCount - 1 else { return nil }
      var bytes: [UInt8] = []
      var rest = digits.utf8[...]
      while let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) { bytes.append(high << 4 | low) }
      return bytes.count == SHA256.byteCount ? bytes : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
      default: nil
      }
    }
  }

  struct Output: OperationOutput {
    let id: PublicId
    let expiresAt: Instant

    static let fields: [OutputField<Output>] = [
      OutputField("id", .id, "Its id, for token.revoke.", "编号，可用于 token.revoke。") { .id($0.id) },
      OutputField("expiresAt", .instant, "When it ends.", "失效时间。") { .instant($0.expiresAt) },
    ]
  }

  static let declaration = Declaration(
    "certificate.add", "Register a client certificate for oneself, or for a service account that one keeps.", zh: "为自己或所管理的服务账户登记客户端证书。",
    permission: TokenKeeping.permission, roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases), reach: .homeOr(by: "account"),
    effect: .create)

  static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let id = try await context.addCredential(input.credential, kind: "certificate", hash: input.fingerprint)
    return Output(id: id, expiresAt: input.credential.expiresAt)
  }
}
