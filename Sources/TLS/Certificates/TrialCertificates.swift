import COpenSSL
import Kernel
import OperatingSystem

/// Certificates for trying Steward out, and for a first start: an authority of its own and a server certificate signed
/// by it, kept in one folder. Programs that are told to trust `ca.pem` connect without a warning.
package struct TrialCertificates: Sendable {
  /// The authority's certificate, for the clients.
  package let authorityFile: String
  package let server: ServerCertificates.Files
  /// Whether the server's certificate was made by this call.
  package let isNew: Bool

  static let authorityDays: Int64 = 3650
  /// What clients still accept of a public certificate's life.
  static let serverDays: Int64 = 365

  /// Makes what is missing in `folder`, which must exist and belong to the server, and renews the server's certificate
  /// in its last 30 days or when `names` (host names or addresses) has one that it lacks. Whatever is good stays as it
  /// is; a file that cannot be read is an error, never overwritten. `localhost`, `127.0.0.1` and `::1` are always in.
  package static func prepare(folder: String, names: [String] = [], now: Instant) throws -> TrialCertificates {
    let authority = ServerCertificates.Files(certificate: "\(folder)/ca.pem", key: "\(folder)/ca.key")
    let server = ServerCertificates.Files(certificate: "\(folder)/server.pem", key: "\(folder)/server.key")
    let names = try SubjectNames(["localhost", "127.0.0.1", "::1"] + names)
    let kept = try load(authority).flatMap { $0.daysLeft(at: now) >= ServerCertificates.warningDays ? $0 : nil }
    let issuer = try kept ?? makeAuthority(authority, now: now)
    let isGood = try load(server).map {
      $0.daysLeft(at: now) >= ServerCertificates.warningDays && $0.isSigned(by: issuer) && names.areAll(in: $0)
    }
    if isGood != true { try makeServer(server, names: names, issuer: issuer, now: now) }
    return TrialCertificates(authorityFile: authority.certificate, server: server, isNew: isGood != true)
  }

  /// Nil if neither file exists.
  private static func load(_ files: ServerCertificates.Files) throws -> CertificateIdentity? {
    guard AtomicFile.exists(files.certificate) || AtomicFile.exists(files.key) else { return nil }
    return try CertificateIdentity(certificateFile: files.certificate, keyFile: files.key)
  }

  private static func makeAuthority(_ files: ServerCertificates.Files, now: Instant) throws -> CertificateIdentity {
    let draft = try CertificateDraft(commonName: "Steward trial authority", now: now, expires: now.adding(seconds: authorityDays * 86_400))
    try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
    try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign")
    try draft.add(NID_subject_key_identifier, "hash")
    try draft.sign(by: nil)
    try draft.write(files)
    return try CertificateIdentity(certificateFile: files.certificate, keyFile: files.key)
  }

  private static func makeServer(_ files: ServerCertificates.Files, names: SubjectNames, issuer: CertificateIdentity, now: Instant) throws {
    let expires = min(now.adding(seconds: serverDays * 86_400), issuer.expires)
    let draft = try CertificateDraft(commonName: "Steward trial server", now: now, expires: expires)
    try draft.setIssuer(issuer)
    try draft.add(NID_basic_constraints, "critical,CA:FALSE")
    try draft.add(NID_key_usage, "critical,digitalSignature")
    try draft.add(NID_ext_key_usage, "serverAuth")
    try draft.add(NID_subject_alt_name, names.extensionText)
    try draft.add(NID_subject_key_identifier, "hash")
    try draft.add(NID_authority_key_identifier, "keyid")
    try draft.sign(by: issuer)
    try draft.write(files)
  }
}

/// The names of a certificate, checked so that none can add something else to OpenSSL's text form of the extension.
struct SubjectNames {
  private let addresses: [String]
  private let hosts: [String]

  init(_ names: [String]) throws {
    var addresses: [String] = []
    var hosts: [String] = []
    for name in names where !addresses.contains(name) && !hosts.contains(name) {
      if let address = a2i_IPADDRESS(name) {
        ASN1_OCTET_STRING_free(address)
        addresses.append(name)
        continue
      }
      OpenSSLErrors.clear()
      let isHost = name.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      }
      guard isHost, (1...253).contains(name.utf8.count) else { throw CertificateError("\(name) is neither a host name nor an address") }
      hosts.append(name)
    }
    self.addresses = addresses
    self.hosts = hosts
  }

  var extensionText: String { (hosts.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }).joined(separator: ",") }

  func areAll(in identity: CertificateIdentity) -> Bool {
    addresses.allSatisfy { X509_check_ip_asc(identity.certificate, $0, 0) == 1 }
      && hosts.allSatisfy { X509_check_host(identity.certificate, $0, $0.utf8.count, 0, nil) == 1 }
  }
}

extension CertificateIdentity {
  func isSigned(by issuer: CertificateIdentity) -> Bool {
    OpenSSLErrors.clear()
    defer { OpenSSLErrors.clear() }
    return X509_check_issued(issuer.certificate, certificate) == X509_V_OK && X509_verify(certificate, X509_get0_pubkey(issuer.certificate)) == 1
  }
}
