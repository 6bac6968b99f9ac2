import Kernel
import Operations

/// Notifications (通知): who is told of what, how and in which words; what waits to go out, and what became of it.
package enum NotificationsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    ListNotifications.self, CountNotifications.self, ReadNotification.self, ReadAllNotifications.self,
    CreateNotificationRule.self, ReadNotificationRule.self, ListNotificationRules.self, ChangeNotificationRule.self, RetireNotificationRule.self,
    ListTemplates.self, SetTemplateText.self, ResetTemplate.self,
    CreateWebhook.self, ReadWebhook.self, ListWebhooks.self, ChangeWebhook.self, RotateWebhookSecret.self, RetireWebhook.self,
    ReadOutboundStatus.self, HoldOutbound.self, ReleaseOutbound.self, ListDeadNotifications.self, RepeatDeadNotification.self,
  ]

  package static let messages: [Message] =
    NotificationMessages.all + AccountSideMessages.all + AgreementMessages.all + OfferMessages.all + WorkMessages.all + MajorIncidentMessages.all
    + ReleaseNewsMessages.all + TeamNewsMessages.all + ReminderMessages.all + TriageMessages.all

  package static let constraints: [String: Message] = [
    "rule_name_unique": NotificationMessages.ruleNameTaken, "webhook_name_unique": NotificationMessages.webhookNameTaken,
  ]
}
