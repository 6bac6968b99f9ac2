import AdminProtocol
import ArgumentParser
import Configuration
import Foundation
import Kernel
import OperatingSystem
import TLS

/// Where the admin protocol is spoken.
struct AdminOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("The admin protocol on this Unix socket (admin.socket).", valueName: "path"))
  var adminSocket: String?

  @Option(name: .long, help: ArgumentHelp("The group whose members are the operator at the socket (admin.group).", valueName: "name"))
  var adminGroup: String?

  @Option(name: .long, help: ArgumentHelp("The admin protocol over TLS on HOST:PORT (admin.listen).", valueName: "host:port"))
  var adminListen: String?

  @Option(name: .long, help: ArgumentHelp("The authorities of its client certificates, PEM (admin.client_ca).", valueName: "file"))
  var adminClientCa: String?

  /// `defaultSocket`: where the socket is if nobody says; nil: nowhere.
  func configuration(_ settings: ConfigReader, certificate: ServerCertificates.Files, defaultSocket: String? = nil) throws -> AdminConfiguration {
    var configuration = AdminConfiguration(version: Steward.version, permissions: Set(try Modules.stockPermissions().keys))
    if let path = adminSocket ?? settings.string(forKey: "admin.socket") ?? defaultSocket {
      configuration.local = .init(path: URL(fileURLWithPath: path).path, groupId: try groupId(settings))
    }
    let authority = adminClientCa ?? settings.string(forKey: "admin.client_ca")
    if let listen = adminListen ?? settings.string(forKey: "admin.listen") {
      let (host, port) = try ListenAddress.parse(listen)
      let certificates = try ServerCertificates(
        files: certificate, clientCertificates: authority.map { .request(authorityFile: $0) } ?? .none,
        applicationProtocols: [AdminConfiguration.applicationProtocol])
      configuration.remote = .init(host: host, port: port, certificates: certificates)
    } else if authority != nil {
      throw ValidationError(UsageMessages.adminAuthority)
    }
    return configuration
  }

  private func groupId(_ settings: ConfigReader) throws -> UInt32? {
    guard let name = adminGroup ?? settings.string(forKey: "admin.group") else { return nil }
    guard let group = UserGroup(name: name) else { throw Failure(.invalid, CommandMessages.noGroup, ["name": name]) }
    return group.groupId
  }
}
