/// What is known of the verified certificate that the other end showed.
package struct PeerCertificate: Hashable, Sendable {
  /// As RFC 2253 writes it.
  package let subject: String
  /// The SHA-256 of the certificate's DER form, 32 bytes: what `openssl x509 -fingerprint -sha256` prints.
  package let fingerprint: [UInt8]
}
