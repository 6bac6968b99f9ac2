import Live
import TLS
import Web

/// Where the HTTP interface listens, and what it lets through.
package struct APIConfiguration: Sendable {
  package var host: String
  /// 0 takes a free one, which is told when the server listens.
  package var port: Int
  /// They must offer `http/1.1` by ALPN, or nothing.
  package var certificates: ServerCertificates
  /// Whether `/metrics` needs no token from a loopback address. Turn it off where others share the host, or where a
  /// proxy on the host passes requests on without saying so (`Via`, `Forwarded`, `X-Forwarded-For`).
  package var showsMetricsToLoopback = true
  /// What `/metrics` says of the build.
  package var version: String
  package var limits: WebLimits
  /// What listeners to live updates may cost.
  package var live = LiveHub.Limits()
  /// What `/metrics` says besides.
  package var furtherMetrics: @Sendable () async -> [FurtherMetric] = { [] }

  /// The largest request body, in bytes, unless ``limits`` is set otherwise.
  package static let bodyBytes = 1 << 20

  package init(host: String = "127.0.0.1", port: Int = 8443, certificates: ServerCertificates, version: String) {
    self.host = host
    self.port = port
    self.certificates = certificates
    self.version = version
    limits = WebLimits()
    limits.bodyBytes = Self.bodyBytes
  }
}
