import ArgumentParser
import Configuration
import Kernel
import Notifications
import Outbound

/// How notifications leave the house: settings only, for nobody gives them by hand at each start.
///
/// `mail.command` is the sendmail command (default none: no mail goes out), `mail.sender` whom its mail comes from. `webhooks.allow` names
/// addresses of one's own network that webhooks may lead to; `webhooks.authority` is a PEM file of authorities besides the system's.
enum OutboundSettings {
  static func couriers(_ settings: ConfigReader) throws -> Couriers {
    let command = settings.string(forKey: "mail.command")
    let sender = settings.string(forKey: "mail.sender")
    guard (command == nil) == (sender == nil) else { throw ValidationError(UsageMessages.together, ["one": "mail.command", "other": "mail.sender"]) }
    if let command, !command.hasPrefix("/") { throw ValidationError(UsageMessages.notAbsolute, ["key": "mail.command", "value": command]) }
    if let sender, !Couriers.isSender(sender) { throw ValidationError(UsageMessages.notAnAddress, ["key": "mail.sender", "value": sender]) }
    guard let allowed = AllowedAddresses(settings.string(forKey: "webhooks.allow") ?? "") else {
      throw ValidationError(UsageMessages.allowedAddresses)
    }
    return Couriers(
      mail: command.map { SendmailCommand(path: $0, sender: sender) }, sender: sender ?? "",
      webhook: try WebhookClient(trusting: settings.string(forKey: "webhooks.authority"), allowing: allowed, version: Steward.version))
  }
}
