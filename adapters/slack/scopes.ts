/** What the bot is allowed in Slack, and what each is for. `manifests/slack.yaml` asks for exactly these; `doctor` looks for what is missing. */
export const BOT_SCOPES: Readonly<Record<string, string>> = {
  'chat:write': 'posts, edits and answers privately',
  commands: 'takes /patch and the shortcut "Is this real?"',
  'app_mentions:read': 'hears when it is mentioned in a channel',
  'im:history': 'hears what people write to it directly',
  'users:read': 'sees that an account is active and no guest, and its time zone',
  'users:read.email': 'knows people by their confirmed address, as the policy names them',
  'usergroups:read': 'gives roles by user group, and mentions groups',
  'files:read': 'checks a mail or a file that somebody sends it',
  'files:write': 'shows charts as pictures',
  'channels:history': 'finds a message again whose confirmation was lost, so that nothing is said twice',
  'groups:history': 'the same in private channels',
  'channels:read': 'lets doctor see that the bot is in the channels of the policy',
  'groups:read': 'the same for private channels',
}
