import Kernel
import Synchronization

/// A server's certificate, which can be exchanged while connections are open: they keep the context they began with,
/// new ones get the new certificate. It also exchanges the context every few hours, and with it the key of the session
/// tickets, so that a stolen key does not open the traffic of weeks.
package final class ServerCertificates: Sendable {
  package struct Files: Sendable, Equatable {
    /// PEM: the server's certificate, then its chain.
    package let certificate: String
    /// PEM, not encrypted.
    package let key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  private struct Current {
    var identity: CertificateIdentity
    var context: TLSContext
    var made: ContinuousClock.Instant
  }

  private let files: Files
  private let clientCertificates: ClientCertificates
  private let applicationProtocols: [String]
  private let ticketKeyLifetime: Duration
  private let current: Mutex<Current>

  /// Throws ``CertificateError``, whose text says which file is wrong and why.
  package init(
    files: Files, clientCertificates: ClientCertificates = .none, applicationProtocols: [String] = [], ticketKeyLifetime: Duration = .seconds(6 * 3600)
  ) throws {
    self.files = files
    self.clientCertificates = clientCertificates
    self.applicationProtocols = applicationProtocols
    self.ticketKeyLifetime = ticketKeyLifetime
    let identity = try CertificateIdentity(certificateFile: files.certificate, keyFile: files.key)
    let context = try TLSContext(serving: identity, clientCertificates: clientCertificates, applicationProtocols: applicationProtocols)
    current = Mutex(Current(identity: identity, context: context, made: .now))
  }

  /// Reads the files again. Throws ``CertificateError`` if they are not usable; the certificate in use then stays.
  package func reload() throws {
    let identity = try CertificateIdentity(certificateFile: files.certificate, keyFile: files.key)
    let context = try TLSContext(serving: identity, clientCertificates: clientCertificates, applicationProtocols: applicationProtocols)
    current.withLock { $0 = Current(identity: identity, context: context, made: .now) }
  }

  /// For the next connection.
  package func context() -> TLSContext {
    let (identity, context, made) = current.withLock { ($0.identity, $0.context, $0.made) }
    guard ContinuousClock.now - made > ticketKeyLifetime else { return context }
    // Made outside the lock, and from the key in memory: half-written files must not matter here. Should it fail, the
    // old one goes on.
    let fresh = try? TLSContext(serving: identity, clientCertificates: clientCertificates, applicationProtocols: applicationProtocols)
    return current.withLock { current in
      if let fresh, current.identity === identity, current.made == made {
        current.context = fresh
        current.made = .now
      }
      return current.context
    }
  }

  /// The last moment of the certificate in use.
  package var expires: Instant { current.withLock { $0.identity.expires } }

  /// Whole days until it expires, rounded down; negative once it has.
  package func daysLeft(at now: Instant) -> Int { current.withLock { $0.identity }.daysLeft(at: now) }

  /// The days at which an operator is to be warned.
  package static let warningDays = 30

  /// The days left, when they are so few that the operator is to be warned.
  package func expiryWarning(at now: Instant) -> Int? {
    let days = daysLeft(at: now)
    return days <= Self.warningDays ? days : nil
  }
}
