/** Français (Canada): what differs from `fr`. */
import type { Translation } from '../catalogue.ts';
import type { En } from '../en.ts';

export const sentences: Partial<Translation<En>> = {
  'footer.label': 'Aide et renseignements sur cette page',
  'form.heading_save': 'Renseignements de la carte',
  'form.cancel_text': 'Cette page se ferme et nous avisons {merchant}.',
  'field.email': 'Adresse de courriel',
  'method.wallet_qr': 'Balayer avec un portefeuille',
  'method.wallet_qr.hint': 'Un code s’affiche. Vous le balayez avec votre application de portefeuille.',
  'mandate.who_text': '{legal_name} peut débiter cette carte sans vous le demander à chaque fois.',
  'mandate.cycle_month': 'Au plus {most} par mois; le mois commence {day}',
  'mandate.next_weekday': 'Une date de fin de semaine passe au jour suivant du lundi au vendredi, sans changer de mois',
  'mandate.previous_weekday':
    'Une date de fin de semaine passe au jour précédent du lundi au vendredi, sans changer de mois',
  'mandate.nearest_weekday':
    'Une date de fin de semaine passe au jour du lundi au vendredi le plus proche, sans changer de mois',
  'payer_email.missing': 'Saisissez votre adresse de courriel',
  'payer_email.format': 'Saisissez une adresse de courriel comme nom@example.com',
  'payer_email.meant': 'Vouliez-vous dire {email}?',
  'notice.stale':
    'Cette page est restée longtemps ouverte. Vérifiez les renseignements et appuyez de nouveau sur Payer.',
  'decline.details':
    'Vérifiez les renseignements de la carte. La banque n’a pas reconnu le numéro ou la date d’expiration.',
  'decline.limit': 'Ce paiement dépasse une limite de votre carte. Votre banque peut modifier cette limite.',
  'decline.details_method': 'Vérifiez vos renseignements. {method} ne les a pas reconnus.',
  'decline.security_code_method': 'Le NIP n’était pas le bon. Réessayez ou utilisez une autre façon de payer.',
  'decline.limit_method': 'Ce paiement dépasse une limite de votre compte. Utilisez une autre façon de payer.',
  'expiring.text': 'Fermeture de cette page\u00a0: {time}. Vous faut-il plus de temps?',
  'offline.text': 'Vous êtes hors ligne. Vos renseignements sont toujours là.',
  'three_ds.text': 'La page de votre banque s’ouvre ensuite. Confirmez-y, puis vous revenez ici.',
  'redirect.text': 'La page de {bank} s’ouvre ensuite. Approuvez-y, puis vous revenez ici.',
  'qr.heading': 'Balayez pour payer {amount}',
  'qr.text': 'Ouvrez votre application de portefeuille, balayez ce code et approuvez {amount}.',
  'qr.alt': 'Code à balayer avec une application de portefeuille. Le même code figure en texte plus bas.',
  'voucher.step_result': '{merchant} en est avisé quand vous avez payé.',
};
