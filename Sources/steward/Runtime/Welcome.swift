import AdminProtocol
import Foundation
import Kernel
import Operations

/// What a trial prints once it listens: where it is, how to trust it, how to get in.
struct Welcome {
  let backend: Backend
  let url: String
  let authority: String
  let folder: String
  let demo: Bool
  /// What there is to say of the admin protocol.
  let admin: [String]

  /// Where the admin protocol is reached.
  static func admin(_ addresses: AdminServer.Addresses?, _ configuration: AdminConfiguration) -> [String] {
    var lines: [String] = []
    if let path = addresses?.socketPath { lines.append(CommandMessages.adminSocket.text(Terminal.language, ["path": path])) }
    if let remote = configuration.remote, let port = addresses?.port {
      lines.append(CommandMessages.adminPort.text(Terminal.language, ["address": ListenAddress.text(remote.host, port)]))
    }
    return lines
  }

  func show() async {
    let language = Terminal.language
    var lines =
      [
        "", CommandMessages.listening.text(language, ["url": url]), CommandMessages.authority.text(language, ["path": authority]),
      ] + admin + [""]
    do {
      if !demo, let token = try await Installation(tenancy: backend.tenancy).setupToken(provider: backend.provider) {
        lines += [
          CommandMessages.setup.text(language),
          "  curl --cacert \(authority) \(url)/v1/setup/complete -H 'Content-Type: application/json' \\",
          "    -d '{\"token\":\"\(token)\",\"login\":\"you@example.com\",\"name\":\"You\",\"password\":\"at least 12 characters\"}'",
          CommandMessages.logIn.text(language, ["code": backend.provider.code]),
          "  curl --cacert \(authority) \(url)/v1/sessions -H 'Content-Type: application/json' \\",
          "    -d '{\"tenant\":\"\(backend.provider.code)\",\"login\":\"you@example.com\",\"password\":\"at least 12 characters\"}'",
        ]
      } else if demo {
        let token = try await ServiceToken(backend: backend).create(service: "tour", role: "administrator", lifetimeSeconds: 12 * 3600)
        lines += [
          CommandMessages.tryIt.text(language),
          "  export CA=\(authority) URL=\(url) TOKEN=\(token)",
          "  curl --cacert $CA -H \"Authorization: Bearer $TOKEN\" $URL/v1/customers",
          "  curl --cacert $CA -H \"Authorization: Bearer $TOKEN\" \"$URL/v1/incidents/queue?limit=5\"",
        ]
      }
    } catch {
      backend.logger.error("the welcome is incomplete", metadata: ["error": "\(error)"])
    }
    lines += ["", CommandMessages.stopHint.text(language, ["path": folder])]
    print(lines.joined(separator: "\n"))
    fflush(nil)
  }
}
